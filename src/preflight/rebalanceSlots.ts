import type { GlobalDatastore } from '../datastores/globalDatastore.ts';
import { slotCounts } from '../datastores/slotCounts.ts';
import { STABLE_STATUSES } from '../datastores/status.ts';
import { type Check, checkRule } from '../problems/check.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import type { rebalanceSlots } from '../schemas/rebalanceSlots.ts';
import { checkClusterMode, checkExists, checkStatus } from './commonChecks.ts';
import type { DryRunResult } from './dryRunResult.ts';

/** Checks that the slots can be distributed. */
export async function preflight({ path, signal }: ApiRequest<typeof rebalanceSlots>): Promise<DryRunResult> {
  const { group, exists } = await checkExists(signal, path.GlobalReplicationGroupId);
  const even = group?.ClusterEnabled && areEven(group);
  return {
    Checks: [exists, ...(group ? checkSlots(group) : [])],
    Plan: [
      even
        ? 'No slots move: the node groups have equal numbers of slots.'
        : 'Move slots between the node groups until all have equal numbers (RebalanceSlotsInGlobalReplicationGroup).',
    ],
  };
}

const checkSlots = (group: GlobalDatastore): Check[] => [
  checkStatus(group, STABLE_STATUSES),
  checkClusterMode(group),
  ...(group.ClusterEnabled ? [checkUneven(group)] : []),
];

/** Warns of even slots. unverified: AWS accepts a rebalancing that moves nothing. */
const checkUneven = (group: GlobalDatastore): Check =>
  checkRule('slots-uneven', areEven(group) ? undefined : true, {
    pass: 'The node groups have different numbers of slots.',
    fail: '',
    unknown: 'The node groups have equal numbers of slots. There is nothing to distribute.',
  });

/** Returns whether no node group has more than one slot more than another. */
function areEven(group: GlobalDatastore): boolean {
  const counts = slotCounts(group);
  return Math.max(...counts) - Math.min(...counts) <= 1;
}
