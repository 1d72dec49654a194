import { CreateGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { accepted } from '../api.ts';
import { change } from '../change.ts';
import { check } from '../checks/createGlobalDatastore.ts';
import { elasticache } from '../elasticache.ts';
import { findCreated } from '../globalDatastore.ts';
import { foundOut } from '../outcome.ts';
import type { Route } from '../route.ts';
import { createRequest } from '../schemas/createGlobalDatastore.ts';
import { dryRunQuery, orFindings } from '../schemas/dryRun.ts';
import { globalDatastoreAnswer } from '../schemas/globalDatastore.ts';

export const route = {
  method: 'POST',
  path: '/global-datastores',
  summary: 'Create a datastore over an existing replication group',
  description: 'The replication group becomes the primary; everything else comes from it. Takes AWS some minutes.',
  calls: [
    'CreateGlobalReplicationGroup',
    'DescribeGlobalReplicationGroups',
    'DescribeReplicationGroups',
    'DescribeCacheClusters',
  ],
  headers: ['Idempotency-Key', 'Prefer'],
  body: createRequest,
  query: dryRunQuery,
  responses: { 200: orFindings(globalDatastoreAnswer), 202: globalDatastoreAnswer },
} as const satisfies Route;

export const handler = change(
  route,
  async ({ body, signal, resumed }) => {
    const { PrimaryReplicationGroupRegion: region, ...input } = body;
    const GlobalReplicationGroup = await elasticache(signal, region)
      .send(new CreateGlobalReplicationGroupCommand(input))
      .then((output) => output.GlobalReplicationGroup)
      .catch((problem) => foundOut(problem, () => findCreated(signal, region, input), resumed));
    return accepted(GlobalReplicationGroup);
  },
  { check },
);
