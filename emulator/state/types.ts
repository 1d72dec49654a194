import type {
  ClusterMode,
  Durability,
  IpDiscovery,
  LogDeliveryConfiguration,
  NetworkType,
  ReplicationGroupPendingModifiedValues,
  Tag,
  TransitEncryptionMode,
} from '@aws-sdk/client-elasticache';
import type { Existing } from './options.ts';

/** All resources of one account in one partition, as JSON data. */
export interface Account {
  serviceLinkedRole: boolean;
  globalGroups: Record<string, StoredGlobalGroup>;
  /** Keys are `region/id`. */
  replicationGroups: Record<string, StoredReplicationGroup>;
  /** Created and generated parameter groups. Keys are `region/name`. */
  parameterGroups: Record<string, StoredParameterGroup>;
  /** Subnet groups that CreateCacheSubnetGroup created. Keys are `region/name`. */
  subnetGroups: Record<string, StoredSubnetGroup>;
  /** Final snapshots, as `region/name`. */
  snapshots: string[];
  /** Replication groups whose creation ends as `create-failed`, as `region/id`. */
  failOnCreate: string[];
  /** The secrets of Secrets Manager. Keys are `region/name`. */
  secrets?: Record<string, StoredSecret>;
  /** The replication lags that a control endpoint has set, by region, oldest first. */
  lags?: Record<string, LagChange[]>;
}

export interface LagChange {
  at: string;
  /** `null`: the metric has no points. */
  seconds: number | null;
  /** Only this node group. Default: all. */
  nodeGroupId?: string;
  /** The age of the newest point. Default: 0. */
  ageSeconds?: number;
}

export interface StoredSecret {
  arn: string;
  name: string;
  region: string;
  versions: SecretVersion[];
}

export interface SecretVersion {
  id: string;
  text: string;
  /** The staging labels, such as AWSCURRENT. A version without one is deprecated and cannot be read. */
  stages: string[];
  createTime: string;
}

export interface StoredGlobalGroup {
  id: string;
  description: string;
  members: StoredMember[];
  changes: PendingChange[];
  /** The local port that leads to the primary, if there is a data plane: `writer`. */
  ports?: Record<string, number>;
  /** The member to which a data plane moves the primary role, until the failover is complete. */
  promoted?: Pick<StoredMember, 'id' | 'region'> | undefined;
  /** The measurements of the last failover by a data plane. */
  lastFailover?: Failover;
}

/** The measurements of a failover, as the admin endpoint shows them. */
export interface Failover {
  /** `hard`: the new primary could not get all writes. */
  readonly Kind: 'planned' | 'hard';
  /** The time from the last write at the old primary to the first one at the new one. */
  readonly BlockedMs: number;
  /** When the new primary took its first write. */
  readonly WritableAt: string;
  /** The writes that the old primary took and the new one does not have. */
  readonly LostWrites: number;
}

export interface StoredMember {
  id: string;
  region: string;
  role: 'PRIMARY' | 'SECONDARY';
  status: 'associating' | 'associated' | 'disassociating';
  /** Set by DisassociateGlobalReplicationGroup, whose response still shows the status `associated`. */
  leaving?: true;
}

export interface StoredReplicationGroup {
  id: string;
  region: string;
  description: string;
  createTime: string;
  changes: PendingChange[];
  pendingModifiedValues: ReplicationGroupPendingModifiedValues;

  engine: string;
  /** The full version, for example `7.1.0`. */
  engineVersion: string;
  nodeType: string;
  clusterEnabled: boolean;
  shards: Shard[];
  automaticFailover: 'enabled' | 'enabling' | 'disabled' | 'disabling';
  multiAz: boolean;
  transitEncryption: boolean;
  atRestEncryption: boolean;
  authTokenEnabled: boolean;
  parameterGroup: string;

  /** The global datastore of a member. The datastore stores the member's role. */
  globalId?: string | undefined;

  port: number;
  subnetGroup: string;
  securityGroupIds: string[];
  maintenanceWindow: string;
  snapshotRetentionLimit: number;
  snapshotWindow: string;
  snapshottingClusterId?: string | undefined;
  autoMinorVersionUpgrade: boolean;
  networkType: NetworkType;
  ipDiscovery: IpDiscovery;
  transitEncryptionMode?: TransitEncryptionMode | undefined;
  clusterMode: ClusterMode;
  authTokenLastModified?: string | undefined;
  /** Digests of the one or two valid tokens, oldest first. An empty text allows connections without a token. */
  authTokens?: string[] | undefined;
  kmsKeyId?: string | undefined;
  notificationTopicArn?: string | undefined;
  userGroupIds: string[];
  logDelivery: LogDeliveryConfiguration[];
  durability?: Durability | undefined;
  tags: Tag[];
  /** The local port of each node group, and of the configuration endpoint, if there is a data plane. */
  ports?: Record<string, number>;
}

/** A node group. */
export interface Shard {
  /** For example `0001`. */
  id: string;
  slots: Slots;
  /** The availability zone of each node. */
  zones: string[];
  /** The number of each node in its cache cluster id. Default: 1, 2, 3 in turn. */
  numbers?: number[];
  /** Index of the primary node. Default: 0. */
  primary?: number;
}

/** Hash slots as inclusive ranges in ascending order, without overlap: `[[0, 449], [1816, 5461]]`. */
export type Slots = [from: number, to: number][];

/** A parameter group that CreateCacheParameterGroup created, or that ElastiCache generated for a member. */
export interface StoredParameterGroup {
  name: string;
  family: string;
  clusterEnabled: boolean;
  description: string;
  region: string;
  /** For a generated group: the parameter group of the primary when the datastore was created. */
  source?: string;
  /** The values that differ from those of the family. Absent: none. */
  parameters?: Record<string, string>;
  tags?: Tag[];
}

/** A subnet group with its subnets. */
export interface StoredSubnetGroup {
  name: string;
  region: string;
  description: string;
  subnets: { id: string; zone: string }[];
  tags?: Tag[];
}

/** A change in progress. The status of a group is derived from its pending changes. */
export interface PendingChange {
  id: number;
  kind: 'create' | 'associate' | 'modify' | 'reshard' | 'failover' | 'disassociate' | 'delete' | 'failed';
}

/** The pending change of a global datastore and those of all its members. */
export interface GlobalChange {
  globalId: string;
  change: number;
  members: { id: string; region: string; change: number }[];
}

/** The arguments of each transition, as JSON data. */
export interface TransitionArguments {
  replicationGroupCreated: { id: string };
  replicationGroupModified: { id: string; change: number; settings: Partial<StoredReplicationGroup> };
  replicationGroupDeleted: { id: string };
  replicasChanged: ReplicaChange;
  primaryAssociated: Association;
  globalGroupDeleted: { globalId: string };
  secondaryCreated: Association;
  secondaryAssociated: Association;
  globalGroupModified: GlobalModification;
  resharded: Resharding;
  failedOver: MemberChange;
  memberLeaves: MemberChange;
  memberLeft: MemberChange;
  changeDropped: DroppedChange;
}

export interface ReplicaChange {
  id: string;
  change: number;
  shards: Shard[];
  /** The datastore of a member and its pending change. */
  datastore?: { globalId: string; change: number } | undefined;
}

export interface Association {
  globalId: string;
  id: string;
  /** The pending change to end: of the primary for a primary, of the datastore for a secondary. */
  change: number;
}

export interface GlobalModification extends GlobalChange {
  description?: string | undefined;
  settings: Partial<StoredReplicationGroup>;
  /** Source of the new parameter group of each member. Given when the family changes. */
  parameterGroup?: string | undefined;
}

export interface Resharding extends GlobalChange {
  /** The new shards of each member. */
  layout: { id: string; region: string; shards: Shard[] }[];
}

/** The records that a dropped change has altered, as they were before it. Null for those that did not exist. */
export interface DroppedChange {
  globalGroups: Record<string, StoredGlobalGroup | null>;
  replicationGroups: Record<string, StoredReplicationGroup | null>;
}

export interface MemberChange {
  globalId: string;
  id: string;
  region: string;
  change: number;
}

export type TransitionName = keyof TransitionArguments;

/** A transition to run later, with the account and region it runs for. */
export interface ScheduledTransition<Name extends TransitionName = TransitionName> {
  name: Name;
  account: string;
  region: string;
  args: TransitionArguments[Name];
  /** Epoch milliseconds, or null if the transition waits for `tick`. */
  due: number | null;
}

/** The content of a state file. */
export interface SavedState {
  version: 2;
  accounts: Record<string, Account>;
  pending: ScheduledTransition[];
  /** Absent in older files. */
  existing?: Existing;
}
