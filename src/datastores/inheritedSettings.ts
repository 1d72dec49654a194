import type { GlobalReplicationGroup, ReplicationGroup } from '@aws-sdk/client-elasticache';
import { primaryRegionOf } from './globalDatastore.ts';

/** The settings that a new member takes from the primary of its datastore, as far as they are known. */
export interface InheritedSettings {
  readonly primaryRegion?: string;
  readonly ClusterEnabled?: boolean;
  readonly AuthTokenEnabled?: boolean;
  readonly TransitEncryptionEnabled?: boolean;
  readonly AtRestEncryptionEnabled?: boolean;
  readonly AutomaticFailover?: string;
  readonly MultiAZ?: string;
  readonly nodeGroups?: readonly InheritedNodeGroup[];
}

/** A node group of the primary. A new member has the same node groups, by default with as many nodes. */
export interface InheritedNodeGroup {
  readonly id?: string;
  readonly nodes?: number;
}

/** The replication group that is the primary. */
export type PrimaryGroup = Pick<
  ReplicationGroup,
  | 'ClusterEnabled'
  | 'AuthTokenEnabled'
  | 'TransitEncryptionEnabled'
  | 'AtRestEncryptionEnabled'
  | 'AutomaticFailover'
  | 'MultiAZ'
  | 'NodeGroups'
>;

/** Returns what a new member of a datastore inherits. `primary` is undefined if it could not be read. */
export function inheritedSettings(datastore: GlobalReplicationGroup, primary?: PrimaryGroup): InheritedSettings {
  const AutomaticFailover = datastore.Members?.find(({ Role }) => Role === 'PRIMARY')?.AutomaticFailover;
  const known = { ...datastore, AutomaticFailover, primaryRegion: primaryRegionOf(datastore) };
  return { nodeGroups: nodeGroupsOf(datastore), ...known, ...(primary && settingsOfPrimary(primary)) };
}

/** Returns what the secondaries of a new datastore inherit from its primary. */
export const inheritedFromPrimary = (primary: PrimaryGroup, primaryRegion: string): InheritedSettings => ({
  primaryRegion,
  ...settingsOfPrimary(primary),
});

function settingsOfPrimary(primary: PrimaryGroup): InheritedSettings {
  const { ClusterEnabled, AuthTokenEnabled, TransitEncryptionEnabled, AtRestEncryptionEnabled, NodeGroups } = primary;
  const nodeGroups = NodeGroups?.map(({ NodeGroupId, NodeGroupMembers }) => ({
    id: NodeGroupId,
    nodes: NodeGroupMembers?.length,
  }));
  return {
    ...{ ClusterEnabled, AuthTokenEnabled, TransitEncryptionEnabled, AtRestEncryptionEnabled },
    ...{ AutomaticFailover: primary.AutomaticFailover, MultiAZ: primary.MultiAZ },
    ...(nodeGroups && { nodeGroups }),
  };
}

/** Returns the node groups as the datastore shows them, without their nodes. Without cluster mode it has one and shows none. */
function nodeGroupsOf({ ClusterEnabled, GlobalNodeGroups }: GlobalReplicationGroup): InheritedNodeGroup[] | undefined {
  if (ClusterEnabled === false) return [{}];
  return GlobalNodeGroups?.map(({ GlobalNodeGroupId = '' }) => ({
    id: GlobalNodeGroupId.slice(GlobalNodeGroupId.lastIndexOf('-') + 1),
  }));
}
