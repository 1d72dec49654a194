import { RebalanceSlotsInGlobalReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { accepted } from '../api.ts';
import { change } from '../change.ts';
import { elasticache } from '../elasticache.ts';
import { findGlobalDatastore } from '../globalDatastore.ts';
import type { Route } from '../route.ts';
import { globalDatastoreAnswer } from '../schemas/globalDatastore.ts';

export const route = {
  method: 'POST',
  path: '/global-datastores/{GlobalReplicationGroupId}/rebalance',
  summary: 'Spread the slots evenly over the node groups (shards)',
  calls: ['DescribeGlobalReplicationGroups', 'RebalanceSlotsInGlobalReplicationGroup'],
  headers: ['If-Match', 'Prefer'],
  responses: { 200: globalDatastoreAnswer, 202: globalDatastoreAnswer },
} as const satisfies Route;

export const handler = change(route, async ({ path, signal }) => {
  const { region } = await findGlobalDatastore(signal, path.GlobalReplicationGroupId);
  const { GlobalReplicationGroup } = await elasticache(signal, region).send(
    new RebalanceSlotsInGlobalReplicationGroupCommand({ ...path, ApplyImmediately: true }),
  );
  return accepted(GlobalReplicationGroup);
});
