import { CreateGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { accepted, api } from '../api.ts';
import type { Route } from '../route.ts';
import { createRequest } from '../schemas/createGlobalDatastore.ts';
import { globalDatastoreAnswer } from '../schemas/globalDatastore.ts';

export const route = {
  method: 'POST',
  path: '/global-datastores',
  summary: 'Create a datastore over an existing replication group',
  description: 'The replication group becomes the primary; everything else comes from it. Takes AWS some minutes.',
  calls: ['CreateGlobalReplicationGroup', 'DescribeGlobalReplicationGroups', 'DescribeReplicationGroups'],
  body: createRequest,
  responses: { 202: globalDatastoreAnswer },
} as const satisfies Route;

export const handler = api(route, async ({ body, elasticache }) => {
  const { PrimaryReplicationGroupRegion, ...input } = body;
  const { GlobalReplicationGroup } = await elasticache(PrimaryReplicationGroupRegion).send(
    new CreateGlobalReplicationGroupCommand(input),
  );
  return accepted(GlobalReplicationGroup);
});
