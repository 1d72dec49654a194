import { canonicalJson } from '../lib/canonicalJson.ts';
import { formatGroupName } from './describeGroups.ts';
import type { GlobalDatastore } from './globalDatastore.ts';
import type { MemberSettings } from './memberSettings.ts';
import type { toReplicationGroup } from './replicationGroup.ts';
import { isStable } from './status.ts';

type ReplicationGroup = ReturnType<typeof toReplicationGroup>;

/** The state that a change starts from. A missing member did not exist, or the change does not depend on it. */
export interface Snapshot {
  readonly GlobalReplicationGroup?: GlobalDatastore;
  readonly ReplicationGroup?: GroupSnapshot;
  readonly Settings?: MemberSettings;
}

/** The parts of a replication group that show whether it is the same one and whether it changes. */
type GroupSnapshot = Pick<
  ReplicationGroup,
  | 'ReplicationGroupId'
  | 'Status'
  | 'ReplicationGroupCreateTime'
  | 'GlobalReplicationGroupInfo'
  | 'AuthTokenLastModifiedDate'
>;

/** A state that may have a datastore, a replication group with its settings, or both. */
export interface CurrentState {
  readonly GlobalReplicationGroup?: GlobalDatastore;
  readonly ReplicationGroup?: ReplicationGroup;
  readonly Settings?: MemberSettings;
}

/** Returns the snapshot of a state. Undefined without a state. */
export const takeSnapshot = (state: object | undefined): Snapshot | undefined => state && toSnapshot(state);

function toSnapshot({ GlobalReplicationGroup, ReplicationGroup, Settings }: CurrentState): Snapshot {
  if (!ReplicationGroup) return { GlobalReplicationGroup };
  const { ReplicationGroupId, Status, ReplicationGroupCreateTime, GlobalReplicationGroupInfo } = ReplicationGroup;
  const { AuthTokenLastModifiedDate } = ReplicationGroup;
  return {
    GlobalReplicationGroup,
    ReplicationGroup: {
      ReplicationGroupId,
      Status,
      ReplicationGroupCreateTime,
      GlobalReplicationGroupInfo,
      AuthTokenLastModifiedDate,
    },
    ...(Settings && { Settings }),
  };
}

/**
 * Returns whether a later snapshot can show what a change made of an earlier one: no change was in progress in the earlier one,
 * and both are of the same datastore, which keeps at least one of its members. A datastore has no identity but its id, which
 * can be reused.
 */
export function canShowChange(earlier: Snapshot | undefined, later: Snapshot | undefined): boolean {
  const [before, after] = [earlier?.GlobalReplicationGroup, later?.GlobalReplicationGroup];
  return !before || (isStable(before) && (!after || hasCommonMember(before, after)));
}

const hasCommonMember = (a: GlobalDatastore, b: GlobalDatastore): boolean =>
  membersOf(a).some((member) => membersOf(b).includes(member));

const membersOf = ({ Members = [] }: GlobalDatastore): string[] => Members.map(formatGroupName);

/** Returns whether nothing has changed between two snapshots. Members and node groups have no order. */
export const isSameSnapshot = (a: Snapshot | undefined, b: Snapshot | undefined): boolean =>
  a !== undefined && b !== undefined && comparable(a) === comparable(b);

function comparable({ GlobalReplicationGroup, ReplicationGroup, Settings }: Snapshot): string {
  const { Members = [], GlobalNodeGroups = [], ...settings } = GlobalReplicationGroup ?? {};
  return canonicalJson({
    settings,
    Members: Members.map(canonicalJson).sort(),
    GlobalNodeGroups: GlobalNodeGroups.map(canonicalJson).sort(),
    ReplicationGroup,
    Settings,
  });
}
