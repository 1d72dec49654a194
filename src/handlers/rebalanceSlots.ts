import {
  type GlobalReplicationGroup,
  RebalanceSlotsInGlobalReplicationGroupCommand,
} from '@aws-sdk/client-elasticache';
import { elasticache } from '../aws/elastiCacheClient.ts';
import { findGlobalDatastore } from '../datastores/globalDatastore.ts';
import { change } from '../http/defineChange.ts';
import { accepted } from '../http/defineHandler.ts';
import { unlessOurs } from '../idempotency/ownChangeInProgress.ts';
import { globalDatastoreAnswer } from '../schemas/globalDatastore.ts';
import type { Route } from '../schemas/route.ts';

export const route = {
  method: 'POST',
  path: '/global-datastores/{GlobalReplicationGroupId}/rebalance',
  summary: 'Spread the slots evenly over the node groups (shards)',
  calls: ['DescribeGlobalReplicationGroups', 'RebalanceSlotsInGlobalReplicationGroup'],
  headers: ['Idempotency-Key', 'If-Match', 'Prefer'],
  responses: { 200: globalDatastoreAnswer, 202: globalDatastoreAnswer },
} as const satisfies Route;

export const handler = change(route, async ({ path, signal, resumed, before }) => {
  const { group, region } = await findGlobalDatastore(signal, path.GlobalReplicationGroupId);
  if (resumed?.before && !haveSameSlots(group, resumed.before)) return accepted(group);
  await before(group);

  const { GlobalReplicationGroup } = await elasticache(signal, region)
    .send(new RebalanceSlotsInGlobalReplicationGroupCommand({ ...path, ApplyImmediately: true }))
    .catch(unlessOurs(group, resumed));
  return accepted(GlobalReplicationGroup);
});

const haveSameSlots = (one: GlobalReplicationGroup, other: GlobalReplicationGroup): boolean =>
  slotsOf(one) === slotsOf(other);

const slotsOf = ({ GlobalNodeGroups = [] }: GlobalReplicationGroup): string =>
  GlobalNodeGroups.map(({ GlobalNodeGroupId, Slots }) => `${GlobalNodeGroupId}: ${Slots}`)
    .sort()
    .join();
