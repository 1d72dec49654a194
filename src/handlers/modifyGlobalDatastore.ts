import { ModifyGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { accepted } from '../api.ts';
import { change } from '../change.ts';
import { check } from '../checks/modifyGlobalDatastore.ts';
import { elasticache } from '../elasticache.ts';
import { findGlobalDatastore } from '../globalDatastore.ts';
import type { Route } from '../route.ts';
import { dryRunQuery, orFindings } from '../schemas/dryRun.ts';
import { globalDatastoreAnswer } from '../schemas/globalDatastore.ts';
import { modifyRequest } from '../schemas/modifyGlobalDatastore.ts';

export const route = {
  method: 'PATCH',
  path: '/global-datastores/{GlobalReplicationGroupId}',
  summary: 'Change one property of a datastore, in all its members',
  description: 'The node type, the engine and its version, the description, or automatic failover: one a call.',
  calls: ['DescribeGlobalReplicationGroups', 'ModifyGlobalReplicationGroup'],
  headers: ['If-Match', 'Prefer'],
  body: modifyRequest,
  query: dryRunQuery,
  responses: { 200: orFindings(globalDatastoreAnswer), 202: globalDatastoreAnswer },
} as const satisfies Route;

export const handler = change(
  route,
  async ({ path, body, signal }) => {
    const { region } = await findGlobalDatastore(signal, path.GlobalReplicationGroupId);
    const { GlobalReplicationGroup } = await elasticache(signal, region).send(
      new ModifyGlobalReplicationGroupCommand({ ...path, ...body, ApplyImmediately: true }),
    );
    return accepted(GlobalReplicationGroup);
  },
  { check },
);
