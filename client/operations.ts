// Generated from the routes by npm run generate.

/** The method and path of each operation, and the members of its input in the path and in the query. The rest is the body. */
export const operations = {
  createGlobalDatastore: { method: 'POST', path: '/global-datastores', inPath: [], inQuery: ['DryRun'] },
  getGlobalDatastore: {
    method: 'GET',
    path: '/global-datastores/{GlobalReplicationGroupId}',
    inPath: ['GlobalReplicationGroupId'],
    inQuery: [],
  },
  getReplication: {
    method: 'GET',
    path: '/global-datastores/{GlobalReplicationGroupId}/replication',
    inPath: ['GlobalReplicationGroupId'],
    inQuery: ['Since'],
  },
  getConnection: {
    method: 'GET',
    path: '/global-datastores/{GlobalReplicationGroupId}/connection',
    inPath: ['GlobalReplicationGroupId'],
    inQuery: [],
  },
  listGlobalDatastores: {
    method: 'GET',
    path: '/global-datastores',
    inPath: [],
    inQuery: ['Status', 'Region', 'NamePrefix', 'MaxRecords', 'Marker', 'ShowMemberInfo'],
  },
  modifyGlobalDatastore: {
    method: 'PATCH',
    path: '/global-datastores/{GlobalReplicationGroupId}',
    inPath: ['GlobalReplicationGroupId'],
    inQuery: ['DryRun'],
  },
  deleteGlobalDatastore: {
    method: 'DELETE',
    path: '/global-datastores/{GlobalReplicationGroupId}',
    inPath: ['GlobalReplicationGroupId'],
    inQuery: ['DryRun', 'DetachSecondaries', 'Supersede'],
  },
  applyTopology: {
    method: 'PUT',
    path: '/global-datastores/{GlobalReplicationGroupId}/topology',
    inPath: ['GlobalReplicationGroupId'],
    inQuery: ['DryRun', 'Supersede'],
  },
  failoverGlobalDatastore: {
    method: 'POST',
    path: '/global-datastores/{GlobalReplicationGroupId}/failover',
    inPath: ['GlobalReplicationGroupId'],
    inQuery: ['DryRun'],
  },
  startDrill: {
    method: 'POST',
    path: '/global-datastores/{GlobalReplicationGroupId}/drills',
    inPath: ['GlobalReplicationGroupId'],
    inQuery: ['DryRun', 'Supersede'],
  },
  listDrills: {
    method: 'GET',
    path: '/global-datastores/{GlobalReplicationGroupId}/drills',
    inPath: ['GlobalReplicationGroupId'],
    inQuery: ['MaxRecords', 'Marker'],
  },
  addMember: {
    method: 'POST',
    path: '/global-datastores/{GlobalReplicationGroupId}/members',
    inPath: ['GlobalReplicationGroupId'],
    inQuery: ['DryRun'],
  },
  modifyMember: {
    method: 'PATCH',
    path: '/global-datastores/{GlobalReplicationGroupId}/members/{ReplicationGroupRegion}/{ReplicationGroupId}',
    inPath: ['GlobalReplicationGroupId', 'ReplicationGroupRegion', 'ReplicationGroupId'],
    inQuery: ['DryRun'],
  },
  removeMember: {
    method: 'DELETE',
    path: '/global-datastores/{GlobalReplicationGroupId}/members/{ReplicationGroupRegion}/{ReplicationGroupId}',
    inPath: ['GlobalReplicationGroupId', 'ReplicationGroupRegion', 'ReplicationGroupId'],
    inQuery: ['DryRun', 'DeleteReplicationGroup'],
  },
  scaleNodeGroups: {
    method: 'PUT',
    path: '/global-datastores/{GlobalReplicationGroupId}/node-groups',
    inPath: ['GlobalReplicationGroupId'],
    inQuery: ['DryRun'],
  },
  rebalanceSlots: {
    method: 'POST',
    path: '/global-datastores/{GlobalReplicationGroupId}/rebalance',
    inPath: ['GlobalReplicationGroupId'],
    inQuery: ['DryRun'],
  },
  rotateAuthToken: {
    method: 'POST',
    path: '/global-datastores/{GlobalReplicationGroupId}/auth-token',
    inPath: ['GlobalReplicationGroupId'],
    inQuery: ['DryRun', 'Supersede'],
  },
  getAudit: {
    method: 'GET',
    path: '/global-datastores/{GlobalReplicationGroupId}/audit',
    inPath: ['GlobalReplicationGroupId'],
    inQuery: ['MaxRecords', 'Marker'],
  },
  getOperation: { method: 'GET', path: '/operations/{OperationId}', inPath: ['OperationId'], inQuery: [] },
  listOperations: {
    method: 'GET',
    path: '/operations',
    inPath: [],
    inQuery: ['GlobalReplicationGroupId', 'Status', 'NamePrefix', 'MaxRecords', 'Marker'],
  },
  cancelOperation: {
    method: 'POST',
    path: '/operations/{OperationId}/cancel',
    inPath: ['OperationId'],
    inQuery: ['DryRun'],
  },
  startEvacuation: { method: 'POST', path: '/evacuations', inPath: [], inQuery: ['DryRun', 'Supersede'] },
  getEvacuation: { method: 'GET', path: '/evacuations/{EvacuationId}', inPath: ['EvacuationId'], inQuery: [] },
  listReplicationGroups: {
    method: 'GET',
    path: '/replication-groups',
    inPath: [],
    inQuery: ['Region', 'Status', 'NamePrefix', 'MaxRecords', 'Marker'],
  },
  getReplicationGroup: {
    method: 'GET',
    path: '/replication-groups/{Region}/{ReplicationGroupId}',
    inPath: ['Region', 'ReplicationGroupId'],
    inQuery: [],
  },
  getHealth: { method: 'GET', path: '/health', inPath: [], inQuery: [] },
  getReady: { method: 'GET', path: '/ready', inPath: [], inQuery: [] },
  getProblem: { method: 'GET', path: '/problems/{Code}', inPath: ['Code'], inQuery: [] },
  getOpenApi: { method: 'GET', path: '/openapi.json', inPath: [], inQuery: [] },
} as const;

/** The input and the output of each operation. */
export interface Operations {
  /** Create a datastore from an existing replication group. */
  createGlobalDatastore: { input: CreateGlobalDatastoreInput; output: FollowedDatastoreAnswer };
  /** Read a datastore with its members. */
  getGlobalDatastore: { input: GetGlobalDatastoreInput; output: GlobalDatastoreAnswer };
  /** Read how far each secondary is behind the primary. */
  getReplication: { input: GetReplicationInput; output: GetReplicationOutput };
  /** Read where clients connect, with code that copes with a failover. */
  getConnection: { input: GetConnectionInput; output: GetConnectionOutput };
  /** List the datastores of all regions. */
  listGlobalDatastores: { input: ListGlobalDatastoresInput; output: GlobalDatastoresAnswer };
  /** Change one property of a datastore and of all its members. */
  modifyGlobalDatastore: { input: ModifyGlobalDatastoreInput; output: GlobalDatastoreAnswer };
  /** Delete a datastore and keep its primary as a standalone replication group. */
  deleteGlobalDatastore: { input: DeleteGlobalDatastoreInput; output: DeleteGlobalDatastoreOutput };
  /** Set all members of a datastore. */
  applyTopology: { input: ApplyTopologyInput; output: TopologyAnswer };
  /** Promote a secondary to primary. */
  failoverGlobalDatastore: { input: FailoverGlobalDatastoreInput; output: FailoverGlobalDatastoreOutput };
  /** Practise a failover: promote a secondary for a time, and measure it. */
  startDrill: { input: StartDrillInput; output: FollowedDatastoreAnswer };
  /** List the drills of a datastore with their figures, latest first. */
  listDrills: { input: ListDrillsInput; output: DrillsAnswer };
  /** Add a region: create a replication group that joins the datastore as a secondary. */
  addMember: { input: AddMemberInput; output: MemberAnswer };
  /** Change what one member has for itself: nodes, windows, snapshots, security groups, the AUTH token, tags. */
  modifyMember: { input: ModifyMemberInput; output: ModifyMemberOutput };
  /** Detach a secondary, which continues as a standalone replication group with its data. */
  removeMember: { input: RemoveMemberInput; output: RemoveMemberOutput };
  /** Set the number of node groups (shards). */
  scaleNodeGroups: { input: ScaleNodeGroupsInput; output: PlannedDatastoreAnswer };
  /** Distribute the slots evenly over the node groups (shards). */
  rebalanceSlots: { input: RebalanceSlotsInput; output: GlobalDatastoreAnswer };
  /** Change the AUTH token (password) of all members. */
  rotateAuthToken: { input: RotateAuthTokenInput; output: FollowedDatastoreAnswer };
  /** List the changes of a datastore through this API, latest first. */
  getAudit: { input: GetAuditInput; output: AuditAnswer };
  /** Read an operation: its goal, the actual state and the current step. */
  getOperation: { input: GetOperationInput; output: OperationAnswer };
  /** List the operations of the last 30 days. */
  listOperations: { input: ListOperationsInput; output: OperationsAnswer };
  /** Stop an operation in its current state. */
  cancelOperation: { input: CancelOperationInput; output: OperationAnswer };
  /** Move the primaries of datastores out of a region that is lost. */
  startEvacuation: { input: StartEvacuationInput; output: EvacuationAnswer };
  /** Read an evacuation: which datastores are moved, and where their writes go. */
  getEvacuation: { input: GetEvacuationInput; output: EvacuationAnswer };
  /** List the replication groups of a region: the candidates for a primary. */
  listReplicationGroups: { input: ListReplicationGroupsInput; output: ReplicationGroupsAnswer };
  /** Read a replication group: its endpoints, its nodes, what they run, and its role in a datastore. */
  getReplicationGroup: { input: GetReplicationGroupInput; output: ReplicationGroupAnswer };
  /** Check that the API is up in this region. */
  getHealth: { input: GetHealthInput; output: GetHealthOutput };
  /** Check that the API can reach its table and ElastiCache in its region. */
  getReady: { input: GetReadyInput; output: GetReadyOutput };
  /** Read the explanation of a problem type. */
  getProblem: { input: GetProblemInput; output: ProblemKindAnswer };
  /** Read this contract as an OpenAPI document. */
  getOpenApi: { input: GetOpenApiInput; output: GetOpenApiOutput };
}

/**
 * The name of the datastore: 1 to 40 letters, digits and hyphens. It starts with a letter, does not end with a hyphen and has no two hyphens in a row. AWS adds a prefix of five letters and a hyphen.
 */
export type GlobalReplicationGroupIdSuffix = string;
/**
 * Free text of up to 1000 characters without control characters.
 */
export type Description = string;
/**
 * The ARN of the secret in AWS Secrets Manager with the password: the whole text of the secret, or `password` in a JSON object. The API reads the secret when it needs the password.
 */
export type AuthTokenSecretArn = string;
/**
 * The id of a datastore from AWS: a prefix of five letters, a hyphen and the suffix.
 */
export type GlobalReplicationGroupId = string;
/**
 * A change of a datastore cannot wait for the maintenance window.
 */
export type ApplyImmediately = true;
/**
 * True to stop an operation in progress for this datastore and to replace it with this one. The stopped operation is not undone.
 */
export type Supersede = boolean;
/**
 * An AWS region that this API is configured for.
 */
export type Region = string;
/**
 * The id of a replication group: 1 to 40 letters, digits and hyphens. It starts with a letter, does not end with a hyphen and has no two hyphens in a row. ElastiCache stores it in lower case.
 */
export type ReplicationGroupId = string;
/**
 * ROTATE (default): the former and the new token are both valid afterwards. SET: only the new token is valid, and AWS takes it after a ROTATE to the same token. DELETE is for one member, because it needs a user group of its region.
 */
export type AuthTokenUpdateStrategy = 'ROTATE' | 'SET';
/**
 * The id of an operation: the id of its datastore, `_` and 16 hexadecimal digits.
 */
export type OperationId = string;
/**
 * The id of an evacuation: `evacuation-`, the region, a hyphen and 16 hexadecimal digits.
 */
export type EvacuationId = string;
/**
 * The code of a problem.
 */
export type ProblemCode = string;

export interface OperationMemberRequest {
  /**
   * The new member. The id of a replication group: 1 to 40 letters, digits and hyphens. It starts with a letter, does not end with a hyphen and has no two hyphens in a row. ElastiCache stores it in lower case. Ids are unique within a region.
   */
  ReplicationGroupId: string;
  /**
   * The region of the new member. An AWS region that this API is configured for.
   */
  ReplicationGroupRegion: string;
  /**
   * Free text of 1 to 1000 characters. Default: a text that names the datastore.
   */
  ReplicationGroupDescription?: string;
  /**
   * The port for client connections. Default: 6379.
   */
  Port?: number;
  /**
   * The number of nodes with cluster mode disabled: the primary node and up to 5 replicas.
   */
  NumCacheClusters?: number;
  /**
   * The number of replicas in each node group (shard) with cluster mode enabled: 0 to 5.
   */
  ReplicasPerNodeGroup?: number;
  /**
   * The subnet group. It belongs to the region of the member.
   */
  CacheSubnetGroupName?: string;
  /**
   * The availability zones of the nodes with cluster mode disabled. The zone of the primary node is the first.
   *
   * @minItems 1
   * @maxItems 6
   */
  PreferredCacheClusterAZs?: string[];
  /**
   * The availability zones of the nodes of each node group with cluster mode enabled.
   *
   * @maxItems 500
   */
  NodeGroupConfiguration?: {
    NodeGroupId?: string;
    ReplicaCount?: number;
    PrimaryAvailabilityZone?: string;
    /**
     * The availability zones of the replicas.
     *
     * @minItems 1
     * @maxItems 5
     */
    ReplicaAvailabilityZones?: string[];
  }[];
  /**
   * The ids of VPC security groups.
   *
   * @minItems 1
   * @maxItems 5
   */
  SecurityGroupIds?: string[];
  /**
   * The key for encryption at rest: the id, alias or ARN of a KMS key in the region of the member.
   */
  KmsKeyId?: string;
  AuthTokenSecretArn?: AuthTokenSecretArn;
  /**
   * True to place the nodes in several availability zones.
   */
  MultiAZEnabled?: boolean;
  /**
   * The number of days that automatic snapshots are kept: 0 to 35. 0 disables automatic snapshots.
   */
  SnapshotRetentionLimit?: number;
  /**
   * The daily time range for snapshots in UTC, such as 05:00-06:00. At least 60 minutes.
   */
  SnapshotWindow?: string;
  /**
   * The weekly time range for maintenance in UTC, such as sun:23:00-mon:01:30. At least 60 minutes, and not during SnapshotWindow.
   */
  PreferredMaintenanceWindow?: string;
  /**
   * The SNS topic for events. It belongs to this account and to the region of the member.
   */
  NotificationTopicArn?: string;
  /**
   * The tags of the new replication group. A datastore itself cannot have tags.
   *
   * @maxItems 50
   */
  Tags?: {
    /**
     * 1 to 128 characters. No control characters except tab and line breaks.
     */
    Key: string;
    /**
     * Up to 256 characters. No control characters except tab and line breaks.
     */
    Value?: string;
  }[];
  /**
   * The user group whose users can connect. It belongs to the region of the member.
   *
   * @minItems 1
   * @maxItems 1
   */
  UserGroupIds?: string[];
  /**
   * The destinations of the slow log and the engine log.
   *
   * @maxItems 2
   */
  LogDeliveryConfigurations?: {
    LogType?: 'slow-log' | 'engine-log';
    DestinationType?: 'cloudwatch-logs' | 'kinesis-firehose';
    DestinationDetails?: {
      CloudWatchLogsDetails?: {
        LogGroup?: string;
      };
      KinesisFirehoseDetails?: {
        DeliveryStream?: string;
      };
    };
    LogFormat?: 'text' | 'json';
    Enabled?: boolean;
  }[];
}
export interface GlobalReplicationGroup {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
  /**
   * The description. AWS returns one space if the datastore has none.
   */
  GlobalReplicationGroupDescription?: string;
  /**
   * creating, available, modifying, primary-only (no secondary), deleting or deleted. The stable statuses are available and primary-only.
   */
  Status: string;
  /**
   * The node type of all members.
   */
  CacheNodeType?: string;
  /**
   * The engine: redis or valkey.
   */
  Engine?: string;
  /**
   * The full version of the engine.
   */
  EngineVersion?: string;
  /**
   * The replication groups of the datastore in no particular order. Left out if the request does not ask for members.
   */
  Members?: {
    ReplicationGroupId?: string;
    ReplicationGroupRegion?: string;
    /**
     * PRIMARY accepts writes. SECONDARY accepts reads only.
     */
    Role?: string;
    /**
     * Known values: enabled, disabled, enabling, disabling.
     */
    AutomaticFailover?: 'enabled' | 'disabled' | 'enabling' | 'disabling' | (string & {});
    /**
     * associating, associated, disassociating or disassociated. The stable status is associated.
     */
    Status?: string;
  }[];
  /**
   * True with cluster mode enabled: the keys are distributed over node groups (shards).
   */
  ClusterEnabled?: boolean;
  /**
   * The node groups (shards) with cluster mode enabled.
   */
  GlobalNodeGroups?: {
    GlobalNodeGroupId?: string;
    /**
     * The ranges of slots, separated by commas.
     */
    Slots?: string;
  }[];
  /**
   * True if clients need a password.
   */
  AuthTokenEnabled?: boolean;
  /**
   * True if connections are encrypted.
   */
  TransitEncryptionEnabled?: boolean;
  /**
   * True if data on disk is encrypted.
   */
  AtRestEncryptionEnabled?: boolean;
  /**
   * The ARN. Its region is empty because a datastore is in several regions.
   */
  ARN?: string;
}
/**
 * The datastore, and the operation that continues the change.
 */
export interface FollowedDatastoreAnswer {
  GlobalReplicationGroup: GlobalReplicationGroup;
  /**
   * The operation that continues the change. Left out if no operation is needed. Link refers to the operation.
   */
  OperationId?: string;
}
/**
 * The datastore.
 */
export interface GlobalDatastoreAnswer {
  GlobalReplicationGroup: GlobalReplicationGroup;
}
export interface SecondaryLag {
  ReplicationGroupId: string;
  ReplicationGroupRegion: string;
  /**
   * How many seconds of writes the secondary is behind, at most. null if it is not known: CloudWatch has no point, or none of the last 180 s.
   */
  LagSeconds: number | null;
  /**
   * The start of the minute of the last point. Left out if there is none.
   */
  At?: string;
  /**
   * The lag of each node group (shard), if there are several. The lag of the secondary is the largest.
   */
  NodeGroups?: {
    NodeGroupId: string;
    /**
     * How many seconds of writes the secondary is behind, at most. null if it is not known: CloudWatch has no point, or none of the last 180 s.
     */
    LagSeconds: number | null;
    /**
     * The start of the minute of the last point. Left out if there is none.
     */
    At?: string;
  }[];
  /**
   * With Since: the largest lag in each period of SeriesPeriodSeconds, the earliest first.
   */
  Series?: {
    At: string;
    LagSeconds: number;
  }[];
}
export interface EndpointAddress {
  Region: string;
  ReplicationGroupId: string;
  /**
   * The DNS name. Clients resolve it for each new connection.
   */
  Address: string;
  Port: number;
}
/**
 * A page of datastores.
 */
export interface GlobalDatastoresAnswer {
  GlobalReplicationGroups: GlobalReplicationGroup[];
  /**
   * The start of the next page. Left out on the last page.
   */
  Marker?: string;
  /**
   * Why datastores may be missing from the list. Left out if it is whole. A region did not respond: datastores that only this region lists are missing. If it stops responding after its first page, a datastore may be repeated. Or owners could not be read: their datastores are left out.
   */
  Warnings?: {
    Region: string;
    /**
     * What is missing and why.
     */
    Detail: string;
  }[];
}
/**
 * The datastore, the planned changes, and the operation that makes them.
 */
export interface TopologyAnswer {
  GlobalReplicationGroup: GlobalReplicationGroup;
  /**
   * The operation that continues the change. Left out if no operation is needed. Link refers to the operation.
   */
  OperationId?: string;
  /**
   * The changes in words and in order.
   */
  Plan: string[];
}
export interface Drill {
  OperationId: OperationId;
  /**
   * The status of the operation. STOPPED: it was cancelled before its promotion, or replaced. Known values: RUNNING, SUCCEEDED, FAILED, STOPPED.
   */
  Status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'STOPPED' | (string & {});
  AcceptedAt: string;
  EndedAt?: string;
  /**
   * The caller: the ARN of an IAM identity, or the subject of a token.
   */
  RequestedBy?: string;
  PrimaryRegion: string;
  PrimaryReplicationGroupId: string;
  HoldSeconds: number;
  MaxLagSeconds?: number;
  Reason: string;
  /**
   * A drill: the lag of the secondary in seconds before its promotion. null if it was not known.
   */
  LagSecondsBefore?: number | null;
  /**
   * A drill: when AWS accepted the failover.
   */
  FailoverAcceptedAt?: string;
  /**
   * A drill: the first look that showed the new primary.
   */
  PrimaryAt?: string;
  /**
   * A drill: the first look that also showed the datastore as available.
   */
  AvailableAt?: string;
  /**
   * A drill: the seconds from FailoverAcceptedAt to AvailableAt.
   */
  RtoSeconds?: number;
  /**
   * Only on a laptop with --data-plane: when the new primary took its first write.
   */
  WritableAt?: string;
  /**
   * Only on a laptop with --data-plane: the writes that the former primary took and the new one does not have.
   */
  LostWrites?: number;
  /**
   * A drill: when AWS accepted the failover to the former primary.
   */
  ReturnAcceptedAt?: string;
  /**
   * A drill: the first look that showed the former primary as primary and the datastore as available.
   */
  ReturnedAt?: string;
  /**
   * A drill: the seconds from ReturnAcceptedAt to ReturnedAt.
   */
  ReturnRtoSeconds?: number;
  /**
   * A drill: the longest time in seconds between two reads while a failover was measured. AWS is read about once a second. Each time is at most this late.
   */
  ResolutionSeconds?: number;
  /**
   * A drill: true if a cancellation ended the hold.
   */
  Cancelled?: boolean;
  /**
   * The reason why the drill has failed.
   */
  FailureReason?: string;
}
/**
 * A page of the drills of a datastore, the latest first.
 */
export interface DrillsAnswer {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
  Drills: Drill[];
  /**
   * The start of the next page. Left out on the last page.
   */
  Marker?: string;
}
/**
 * The address for client connections.
 */
export interface Endpoint {
  Address?: string;
  Port?: number;
}
export interface ReplicationGroup {
  ReplicationGroupId: string;
  Description?: string;
  /**
   * The datastore of the group and its role there. Empty or left out for a standalone group.
   */
  GlobalReplicationGroupInfo?: {
    GlobalReplicationGroupId?: string;
    GlobalReplicationGroupMemberRole?: string;
  };
  /**
   * creating, available, modifying, deleting, create-failed or snapshotting.
   */
  Status: string;
  PendingModifiedValues?: {
    PrimaryClusterId?: string;
    /**
     * Known values: enabled, disabled.
     */
    AutomaticFailoverStatus?: 'enabled' | 'disabled' | (string & {});
    Resharding?: {
      SlotMigration?: {
        ProgressPercentage?: number;
      };
    };
    /**
     * Known values: SETTING, ROTATING.
     */
    AuthTokenStatus?: 'SETTING' | 'ROTATING' | (string & {});
    UserGroups?: {
      UserGroupIdsToAdd?: string[];
      UserGroupIdsToRemove?: string[];
    };
    LogDeliveryConfigurations?: {
      /**
       * Known values: slow-log, engine-log.
       */
      LogType?: 'slow-log' | 'engine-log' | (string & {});
      /**
       * Known values: cloudwatch-logs, kinesis-firehose.
       */
      DestinationType?: 'cloudwatch-logs' | 'kinesis-firehose' | (string & {});
      DestinationDetails?: {
        CloudWatchLogsDetails?: {
          LogGroup?: string;
        };
        KinesisFirehoseDetails?: {
          DeliveryStream?: string;
        };
      };
      /**
       * Known values: text, json.
       */
      LogFormat?: 'text' | 'json' | (string & {});
    }[];
    TransitEncryptionEnabled?: boolean;
    /**
     * Known values: preferred, required.
     */
    TransitEncryptionMode?: 'preferred' | 'required' | (string & {});
    /**
     * Known values: enabled, disabled, compatible.
     */
    ClusterMode?: 'enabled' | 'disabled' | 'compatible' | (string & {});
  };
  MemberClusters?: string[];
  NodeGroups?: {
    NodeGroupId?: string;
    Status?: string;
    PrimaryEndpoint?: Endpoint;
    ReaderEndpoint?: Endpoint;
    Slots?: string;
    NodeGroupMembers?: {
      CacheClusterId?: string;
      CacheNodeId?: string;
      ReadEndpoint?: Endpoint;
      PreferredAvailabilityZone?: string;
      PreferredOutpostArn?: string;
      CurrentRole?: string;
    }[];
  }[];
  SnapshottingClusterId?: string;
  /**
   * Known values: enabled, disabled, enabling, disabling.
   */
  AutomaticFailover?: 'enabled' | 'disabled' | 'enabling' | 'disabling' | (string & {});
  /**
   * Known values: enabled, disabled.
   */
  MultiAZ?: 'enabled' | 'disabled' | (string & {});
  /**
   * The address for client connections with cluster mode enabled.
   */
  ConfigurationEndpoint?: {
    Address?: string;
    Port?: number;
  };
  /**
   * The number of days that automatic snapshots are kept. 0 means no automatic snapshots.
   */
  SnapshotRetentionLimit?: number;
  SnapshotWindow?: string;
  ClusterEnabled?: boolean;
  CacheNodeType?: string;
  AuthTokenEnabled?: boolean;
  AuthTokenLastModifiedDate?: string;
  TransitEncryptionEnabled?: boolean;
  AtRestEncryptionEnabled?: boolean;
  MemberClustersOutpostArns?: string[];
  KmsKeyId?: string;
  StorageEncryptionType?: string;
  ARN?: string;
  UserGroupIds?: string[];
  LogDeliveryConfigurations?: {
    /**
     * Known values: slow-log, engine-log.
     */
    LogType?: 'slow-log' | 'engine-log' | (string & {});
    /**
     * Known values: cloudwatch-logs, kinesis-firehose.
     */
    DestinationType?: 'cloudwatch-logs' | 'kinesis-firehose' | (string & {});
    DestinationDetails?: {
      CloudWatchLogsDetails?: {
        LogGroup?: string;
      };
      KinesisFirehoseDetails?: {
        DeliveryStream?: string;
      };
    };
    /**
     * Known values: text, json.
     */
    LogFormat?: 'text' | 'json' | (string & {});
    /**
     * Known values: active, enabling, modifying, disabling, error.
     */
    Status?: 'active' | 'enabling' | 'modifying' | 'disabling' | 'error' | (string & {});
    Message?: string;
  }[];
  ReplicationGroupCreateTime?: string;
  /**
   * Known values: enabled, disabled.
   */
  DataTiering?: 'enabled' | 'disabled' | (string & {});
  AutoMinorVersionUpgrade?: boolean;
  /**
   * Known values: ipv4, ipv6, dual_stack.
   */
  NetworkType?: 'ipv4' | 'ipv6' | 'dual_stack' | (string & {});
  /**
   * Known values: ipv4, ipv6.
   */
  IpDiscovery?: 'ipv4' | 'ipv6' | (string & {});
  /**
   * Known values: preferred, required.
   */
  TransitEncryptionMode?: 'preferred' | 'required' | (string & {});
  /**
   * Known values: enabled, disabled, compatible.
   */
  ClusterMode?: 'enabled' | 'disabled' | 'compatible' | (string & {});
  Engine?: string;
  Durability?: string;
  EffectiveDurability?: string;
}
/**
 * The new member. With Prefer: wait=N also the datastore.
 */
export interface MemberAnswer {
  ReplicationGroup: ReplicationGroup;
  GlobalReplicationGroup?: GlobalReplicationGroup;
}
/**
 * The resources that remain and that incur costs. A group is standalone when the change is complete.
 */
export interface RetainedResources {
  /**
   * Former members and failed secondaries. They are standalone replication groups with their data and incur costs until you delete them.
   */
  Standalone: {
    ReplicationGroupId: string;
    ReplicationGroupRegion: string;
    /**
     * Left out if AWS did not provide it.
     */
    Status?: string;
  }[];
  /**
   * The parameter groups that ElastiCache created for them. They are not deleted automatically.
   */
  ParameterGroups: {
    /**
     * The name. Ends in `*` if AWS did not provide its last four letters.
     */
    CacheParameterGroupName: string;
    Region: string;
  }[];
}
/**
 * The datastore, and the changes that this API started.
 */
export interface PlannedDatastoreAnswer {
  GlobalReplicationGroup: GlobalReplicationGroup;
  /**
   * The changes in words and in order.
   */
  Plan: string[];
}
export interface AuditEntry {
  /**
   * The time of the request.
   */
  Time: string;
  /**
   * The ARN of the IAM identity with its session, or the subject of the token.
   */
  Caller: string;
  /**
   * The route of the request, or `operation` for a step of an operation.
   */
  Route: string;
  /**
   * The X-Request-Id of the response, which identifies the request in the log. For a step of an operation, the id of the operation.
   */
  RequestId: string;
  /**
   * The path, query and body without passwords. Only their length if they are longer than 8 KiB. For a step of an operation, the step.
   */
  Request: {
    [k: string]: unknown;
  };
  /**
   * asked: the change was recorded before AWS was called, and its outcome is not recorded: it is in progress, or it was interrupted. accepted: AWS accepted the change. notApplied: AWS accepted the change, and it ended in another state than the requested one. refused: nothing was changed. unknown: the change may have been made. failed: AWS or this API had an error, and nothing was changed. Known values: asked, accepted, notApplied, refused, unknown, failed.
   */
  Outcome: 'asked' | 'accepted' | 'notApplied' | 'refused' | 'unknown' | 'failed' | (string & {});
  /**
   * The owner of the datastore at the time of the change.
   */
  Owner?: string;
  /**
   * The HTTP status of the response. Left out while Outcome is asked.
   */
  Status?: number;
  /**
   * The code of the problem, if the response was one.
   */
  Code?: string;
  /**
   * True if the request resumed an earlier request with the same Idempotency-Key whose outcome was unknown.
   */
  Resumed?: boolean;
  /**
   * The datastore before the call to AWS. Left out if the API did not read it.
   */
  Before?: {
    Status?: string;
    CacheNodeType?: string;
    Engine?: string;
    EngineVersion?: string;
    /**
     * The number of node groups (shards) with cluster mode enabled.
     */
    NodeGroupCount?: number;
    Members?: {
      ReplicationGroupRegion?: string;
      ReplicationGroupId?: string;
      Role?: string;
      Status?: string;
    }[];
  };
  /**
   * The datastore in the response of AWS, at the start of the change. With notApplied: at its end.
   */
  After?: {
    Status?: string;
    CacheNodeType?: string;
    Engine?: string;
    EngineVersion?: string;
    /**
     * The number of node groups (shards) with cluster mode enabled.
     */
    NodeGroupCount?: number;
    Members?: {
      ReplicationGroupRegion?: string;
      ReplicationGroupId?: string;
      Role?: string;
      Status?: string;
    }[];
  };
  /**
   * The calls to AWS that change something.
   */
  AwsCalls: {
    Action?: string;
    Region?: string;
    /**
     * The id of the call in CloudTrail.
     */
    RequestId?: string;
    /**
     * The code of the problem that the call ended with.
     */
    Code?: string;
  }[];
}
/**
 * A page of the audit trail, latest entry first.
 */
export interface AuditAnswer {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
  AuditEntries: AuditEntry[];
  /**
   * The start of the next page. Left out on the last page.
   */
  Marker?: string;
}
export interface Operation {
  OperationId: OperationId;
  GlobalReplicationGroupId: GlobalReplicationGroupId;
  /**
   * The status of the operation. STOPPED: the operation was cancelled, or another operation replaced it. Known values: RUNNING, SUCCEEDED, FAILED, STOPPED.
   */
  Status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'STOPPED' | (string & {});
  StartedAt: string;
  EndedAt?: string;
  /**
   * The kind of operation. CREATE: creates a datastore. APPLY: changes its members. DELETE: detaches the members and deletes the datastore. ROTATE_AUTH_TOKEN: changes the AUTH token of all members. DRILL: promotes a secondary for a time. EVACUATE: moves the primary out of a lost region, as a part of an evacuation. Known values: CREATE, APPLY, DELETE, ROTATE_AUTH_TOKEN, DRILL, EVACUATE.
   */
  Kind: 'CREATE' | 'APPLY' | 'DELETE' | 'ROTATE_AUTH_TOKEN' | 'DRILL' | 'EVACUATE' | (string & {});
  /**
   * The caller: the ARN of an IAM identity, or the subject of a token.
   */
  RequestedBy?: string;
  /**
   * The owner of the datastore when the operation was accepted. Left out without owners in the policy.
   */
  Owner?: string;
  /**
   * The evacuation that the operation is a part of.
   */
  EvacuationId?: string;
  /**
   * The time of acceptance. What others change later, the operation leaves.
   */
  AcceptedAt?: string;
  /**
   * The goal. Without members, the goal is that the datastore does not exist.
   */
  Wanted: {
    Members: {
      /**
       * The new member. The id of a replication group: 1 to 40 letters, digits and hyphens. It starts with a letter, does not end with a hyphen and has no two hyphens in a row. ElastiCache stores it in lower case. Ids are unique within a region.
       */
      ReplicationGroupId: string;
      /**
       * The region of the new member. An AWS region that this API is configured for.
       */
      ReplicationGroupRegion: string;
      /**
       * Free text of 1 to 1000 characters. Default: a text that names the datastore.
       */
      ReplicationGroupDescription?: string;
      /**
       * The port for client connections. Default: 6379.
       */
      Port?: number;
      /**
       * The number of nodes with cluster mode disabled: the primary node and up to 5 replicas.
       */
      NumCacheClusters?: number;
      /**
       * The number of replicas in each node group (shard) with cluster mode enabled: 0 to 5.
       */
      ReplicasPerNodeGroup?: number;
      /**
       * The subnet group. It belongs to the region of the member.
       */
      CacheSubnetGroupName?: string;
      /**
       * The availability zones of the nodes with cluster mode disabled. The zone of the primary node is the first.
       *
       * @minItems 1
       * @maxItems 6
       */
      PreferredCacheClusterAZs?: string[];
      /**
       * The availability zones of the nodes of each node group with cluster mode enabled.
       *
       * @maxItems 500
       */
      NodeGroupConfiguration?: {
        NodeGroupId?: string;
        ReplicaCount?: number;
        PrimaryAvailabilityZone?: string;
        /**
         * The availability zones of the replicas.
         *
         * @minItems 1
         * @maxItems 5
         */
        ReplicaAvailabilityZones?: string[];
      }[];
      /**
       * The ids of VPC security groups.
       *
       * @minItems 1
       * @maxItems 5
       */
      SecurityGroupIds?: string[];
      /**
       * The key for encryption at rest: the id, alias or ARN of a KMS key in the region of the member.
       */
      KmsKeyId?: string;
      AuthTokenSecretArn?: AuthTokenSecretArn;
      /**
       * True to place the nodes in several availability zones.
       */
      MultiAZEnabled?: boolean;
      /**
       * The number of days that automatic snapshots are kept: 0 to 35. 0 disables automatic snapshots.
       */
      SnapshotRetentionLimit?: number;
      /**
       * The daily time range for snapshots in UTC, such as 05:00-06:00. At least 60 minutes.
       */
      SnapshotWindow?: string;
      /**
       * The weekly time range for maintenance in UTC, such as sun:23:00-mon:01:30. At least 60 minutes, and not during SnapshotWindow.
       */
      PreferredMaintenanceWindow?: string;
      /**
       * The SNS topic for events. It belongs to this account and to the region of the member.
       */
      NotificationTopicArn?: string;
      /**
       * The tags of the new replication group. A datastore itself cannot have tags.
       *
       * @maxItems 50
       */
      Tags?: {
        /**
         * 1 to 128 characters. No control characters except tab and line breaks.
         */
        Key: string;
        /**
         * Up to 256 characters. No control characters except tab and line breaks.
         */
        Value?: string;
      }[];
      /**
       * The user group whose users can connect. It belongs to the region of the member.
       *
       * @minItems 1
       * @maxItems 1
       */
      UserGroupIds?: string[];
      /**
       * The destinations of the slow log and the engine log.
       *
       * @maxItems 2
       */
      LogDeliveryConfigurations?: {
        /**
         * Known values: slow-log, engine-log.
         */
        LogType?: 'slow-log' | 'engine-log' | (string & {});
        /**
         * Known values: cloudwatch-logs, kinesis-firehose.
         */
        DestinationType?: 'cloudwatch-logs' | 'kinesis-firehose' | (string & {});
        DestinationDetails?: {
          CloudWatchLogsDetails?: {
            LogGroup?: string;
          };
          KinesisFirehoseDetails?: {
            DeliveryStream?: string;
          };
        };
        /**
         * Known values: text, json.
         */
        LogFormat?: 'text' | 'json' | (string & {});
        Enabled?: boolean;
      }[];
      /**
       * Known values: PRIMARY, SECONDARY.
       */
      Role: 'PRIMARY' | 'SECONDARY' | (string & {});
    }[];
    /**
     * Known values: keep, teardown.
     */
    OnFailure: 'keep' | 'teardown' | (string & {});
    /**
     * How many seconds a member may be behind at most when it is promoted. Left out without a limit.
     */
    MaxLagSeconds?: number;
    AuthTokenSecretArn?: AuthTokenSecretArn;
    /**
     * ROTATE (default): the former and the new token are both valid afterwards. SET: only the new token is valid, and AWS takes it after a ROTATE to the same token. DELETE is for one member, because it needs a user group of its region. Known values: ROTATE, SET.
     */
    AuthTokenUpdateStrategy?: 'ROTATE' | 'SET' | (string & {});
    /**
     * The drill. Members are those with their roles before and after it.
     */
    Drill?: {
      PrimaryRegion: string;
      PrimaryReplicationGroupId: string;
      HoldSeconds: number;
      MaxLagSeconds?: number;
      Reason: string;
    };
  };
  /**
   * The actual state of the datastore. Without Status, the datastore does not exist. Left out if ElastiCache did not provide it, or if it is now a datastore of another owner.
   */
  Actual?: {
    /**
     * creating, available, modifying, primary-only (no secondary), deleting or deleted. The stable statuses are available and primary-only.
     */
    Status?: string;
    /**
     * The replication groups of the datastore in no particular order. Left out if the request does not ask for members.
     */
    Members: {
      ReplicationGroupId?: string;
      ReplicationGroupRegion?: string;
      /**
       * PRIMARY accepts writes. SECONDARY accepts reads only.
       */
      Role?: string;
      /**
       * Known values: enabled, disabled, enabling, disabling.
       */
      AutomaticFailover?: 'enabled' | 'disabled' | 'enabling' | 'disabling' | (string & {});
      /**
       * associating, associated, disassociating or disassociated. The stable status is associated.
       */
      Status?: string;
    }[];
  };
  /**
   * The current step, or the state that the operation waits for.
   */
  Step?: string;
  /**
   * The start of the current step.
   */
  Since?: string;
  /**
   * The number of checks since the start of the step.
   */
  Attempts?: number;
  /**
   * The changes that remain from the actual state to the goal, in words and in order.
   */
  Remaining?: string[];
  /**
   * The last AWS error that delayed the operation.
   */
  LastRefusal?: {
    At: string;
    Code: string;
    Detail: string;
    Region?: string;
    RequestId?: string;
  };
  /**
   * The reason why the operation did not reach its goal.
   */
  Reason?: string;
  /**
   * An instruction for the caller.
   */
  Advice?: string;
  /**
   * The resources that the operation left and that incur costs. For a drill, what it has measured, also while it runs.
   */
  Result?: {
    /**
     * The datastore with all of its members, if the operation failed and the datastore exists. Without Status, AWS did not provide it.
     */
    Datastore?: {
      GlobalReplicationGroupId: GlobalReplicationGroupId;
      Status?: string;
      /**
       * The replication groups of the datastore in no particular order. Left out if the request does not ask for members.
       */
      Members?: {
        ReplicationGroupId?: string;
        ReplicationGroupRegion?: string;
        /**
         * PRIMARY accepts writes. SECONDARY accepts reads only.
         */
        Role?: string;
        /**
         * Known values: enabled, disabled, enabling, disabling.
         */
        AutomaticFailover?: 'enabled' | 'disabled' | 'enabling' | 'disabling' | (string & {});
        /**
         * associating, associated, disassociating or disassociated. The stable status is associated.
         */
        Status?: string;
      }[];
    };
    /**
     * Former members and failed secondaries. They are standalone replication groups with their data and incur costs until you delete them.
     */
    Standalone: {
      ReplicationGroupId: string;
      ReplicationGroupRegion: string;
      /**
       * Left out if AWS did not provide it.
       */
      Status?: string;
    }[];
    /**
     * The parameter groups that ElastiCache created for them. They are not deleted automatically.
     */
    ParameterGroups: {
      /**
       * The name. Ends in `*` if AWS did not provide its last four letters.
       */
      CacheParameterGroupName: string;
      Region: string;
    }[];
    /**
     * A drill: the lag of the secondary in seconds before its promotion. null if it was not known.
     */
    LagSecondsBefore?: number | null;
    /**
     * A drill: when AWS accepted the failover.
     */
    FailoverAcceptedAt?: string;
    /**
     * A drill: the first look that showed the new primary.
     */
    PrimaryAt?: string;
    /**
     * A drill: the first look that also showed the datastore as available.
     */
    AvailableAt?: string;
    /**
     * A drill: the seconds from FailoverAcceptedAt to AvailableAt.
     */
    RtoSeconds?: number;
    /**
     * Only on a laptop with --data-plane: when the new primary took its first write.
     */
    WritableAt?: string;
    /**
     * Only on a laptop with --data-plane: the writes that the former primary took and the new one does not have.
     */
    LostWrites?: number;
    /**
     * A drill: when AWS accepted the failover to the former primary.
     */
    ReturnAcceptedAt?: string;
    /**
     * A drill: the first look that showed the former primary as primary and the datastore as available.
     */
    ReturnedAt?: string;
    /**
     * A drill: the seconds from ReturnAcceptedAt to ReturnedAt.
     */
    ReturnRtoSeconds?: number;
    /**
     * A drill: the longest time in seconds between two reads while a failover was measured. AWS is read about once a second. Each time is at most this late.
     */
    ResolutionSeconds?: number;
    /**
     * A drill: true if a cancellation ended the hold.
     */
    Cancelled?: boolean;
    /**
     * The way of an evacuation and the new writer.
     */
    Evacuated?: {
      /**
       * FAILOVER: a secondary of the datastore became its primary. DETACH: a secondary left the datastore and takes writes as a standalone replication group. NONE: the primary was in another region already. Known values: FAILOVER, DETACH, NONE.
       */
      Way: 'FAILOVER' | 'DETACH' | 'NONE' | (string & {});
      /**
       * The replication group that takes writes now. Without Address, AWS did not provide its endpoint.
       */
      Writer?: {
        Region: string;
        ReplicationGroupId: string;
        /**
         * The DNS name. Clients resolve it for each new connection.
         */
        Address?: string;
        Port?: number;
      };
      /**
       * Only on a laptop with --data-plane: when the new primary took its first write.
       */
      WritableAt?: string;
      /**
       * Only on a laptop with --data-plane: the writes that the former primary took and the new one does not have.
       */
      LostWrites?: number;
    };
  };
}
/**
 * The operation.
 */
export interface OperationAnswer {
  Operation: Operation;
}
/**
 * A page of operations.
 */
export interface OperationsAnswer {
  Operations: {
    OperationId: OperationId;
    GlobalReplicationGroupId: GlobalReplicationGroupId;
    /**
     * The status of the operation. STOPPED: the operation was cancelled, or another operation replaced it. Known values: RUNNING, SUCCEEDED, FAILED, STOPPED.
     */
    Status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'STOPPED' | (string & {});
    StartedAt: string;
    EndedAt?: string;
  }[];
  /**
   * The start of the next page. Left out on the last page.
   */
  Marker?: string;
  /**
   * The region of the API that did not respond. Its operations are missing.
   */
  Warnings?: {
    Region: string;
    /**
     * The error of the region.
     */
    Detail: string;
  }[];
}
export interface Evacuation {
  EvacuationId: EvacuationId;
  /**
   * SUCCEEDED: each datastore is DONE. FAILED: it has ended, and at least one is not. Known values: RUNNING, SUCCEEDED, FAILED.
   */
  Status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | (string & {});
  /**
   * The region to evacuate. An AWS region that this API is configured for.
   */
  FromRegion: string;
  /**
   * The region of the new primaries. By default the first region, in the order of the configuration of this API, in which the datastore has an associated secondary.
   */
  ToRegion?: string;
  /**
   * The maximum number of datastores that are changed at the same time: 1 to 20. Default: 5. One that takes longer than ten minutes no longer counts.
   */
  MaxAtOnce: number;
  /**
   * The time in seconds, from the start of the change of a datastore, after which its secondary is detached if it is not the primary yet. It then takes writes as a standalone replication group, and cannot become a secondary again. Left out: no secondary is detached.
   */
  DetachAfterSeconds?: number;
  /**
   * The reason for the evacuation. It goes to the audit entry of each change, not to AWS.
   */
  Reason: string;
  /**
   * The caller.
   */
  RequestedBy: string;
  StartedAt: string;
  EndedAt?: string;
  /**
   * The number of datastores by status, and of those that are DONE by their way.
   */
  Summary: {
    Done: number;
    UnderWay: number;
    Waiting: number;
    Refused: number;
    ByFailover: number;
    ByDetach: number;
  };
  Datastores: {
    GlobalReplicationGroupId: GlobalReplicationGroupId;
    /**
     * WAITING: its operation starts later. UNDER_WAY: its operation is running. DONE: its writer is in another region. REFUSED: it was not moved, and Reason says why. Known values: WAITING, UNDER_WAY, DONE, REFUSED.
     */
    Status: 'WAITING' | 'UNDER_WAY' | 'DONE' | 'REFUSED' | (string & {});
    /**
     * FAILOVER: a secondary of the datastore became its primary. DETACH: a secondary left the datastore and takes writes as a standalone replication group. NONE: the primary was in another region already. Known values: FAILOVER, DETACH, NONE.
     */
    Way?: 'FAILOVER' | 'DETACH' | 'NONE' | (string & {});
    /**
     * The replication group that takes writes now. Without Address, AWS did not provide its endpoint.
     */
    Writer?: {
      Region: string;
      ReplicationGroupId: string;
      /**
       * The DNS name. Clients resolve it for each new connection.
       */
      Address?: string;
      Port?: number;
    };
    /**
     * Only on a laptop with --data-plane: when the new primary took its first write.
     */
    WritableAt?: string;
    /**
     * Only on a laptop with --data-plane: the writes that the former primary took and the new one does not have.
     */
    LostWrites?: number;
    OperationId?: OperationId;
    /**
     * The code of the problem.
     */
    Code?: string;
    /**
     * Why the datastore is refused, or why it waits.
     */
    Reason?: string;
    /**
     * What is to be done once the region is back, in words and in order.
     */
    CleanUp?: string[];
  }[];
  /**
   * The regions that did not list their datastores, and owners that could not be read. Datastores may be missing.
   */
  Warnings?: {
    Region: string;
    /**
     * What is missing and why.
     */
    Detail: string;
  }[];
}
/**
 * The evacuation with the progress of each datastore.
 */
export interface EvacuationAnswer {
  Evacuation: Evacuation;
}
/**
 * A page of replication groups.
 */
export interface ReplicationGroupsAnswer {
  ReplicationGroups: ReplicationGroup[];
  /**
   * The start of the next page. Left out on the last page.
   */
  Marker?: string;
  /**
   * Why replication groups may be missing from the list. Left out if it is whole.
   */
  Warnings?: {
    Region: string;
    /**
     * What is missing and why.
     */
    Detail: string;
  }[];
}
/**
 * The replication group.
 */
export interface ReplicationGroupAnswer {
  ReplicationGroup: ReplicationGroup;
  /**
   * What the nodes run and are set to. Left out if the group has no nodes yet, or if it could not be read: Warnings says so.
   */
  Configuration?: {
    Engine?: string;
    EngineVersion?: string;
    CacheNodeType?: string;
    CacheParameterGroupName?: string;
    /**
     * in-sync, applying or pending-reboot.
     */
    ParameterApplyStatus?: string;
    CacheSubnetGroupName?: string;
    PreferredMaintenanceWindow?: string;
    SecurityGroupIds?: string[];
    NotificationTopicArn?: string;
  };
  /**
   * Why Configuration is missing. Left out if it is there.
   */
  Warnings?: {
    Region: string;
    /**
     * What is missing and why.
     */
    Detail: string;
  }[];
}
/**
 * The problem type.
 */
export interface ProblemKindAnswer {
  Problem: {
    Code: string;
    /**
     * The HTTP status of the response.
     */
    Status: number;
    Title: string;
    /**
     * The origin of the refusal or the failure. Known values: ElastiCache, API.
     */
    Origin: 'ElastiCache' | 'API' | (string & {});
    /**
     * An instruction for the caller.
     */
    Advice: string;
    /**
     * True if the same request may succeed later without a change.
     */
    Retry: boolean;
    /**
     * Seconds to wait before a retry. Left out if no useful time is known.
     */
    RetryAfterSeconds?: number;
    /**
     * A command that resolves the problem, if there is one.
     */
    Command?: string;
  };
}
export interface CreateGlobalDatastoreInput {
  GlobalReplicationGroupIdSuffix: GlobalReplicationGroupIdSuffix;
  GlobalReplicationGroupDescription?: Description;
  /**
   * The id of a replication group: 1 to 40 letters, digits and hyphens. It starts with a letter, does not end with a hyphen and has no two hyphens in a row. ElastiCache stores it in lower case. It must exist and be available. It becomes the primary.
   */
  PrimaryReplicationGroupId: string;
  /**
   * The region of the primary. An AWS region that this API is configured for. Default: the region of the API.
   */
  PrimaryReplicationGroupRegion?: string;
  /**
   * The other regions, each with the settings of addMember, but without AuthToken. An operation adds them when the datastore is available. Link refers to the operation.
   *
   * @maxItems 2
   */
  Secondaries?: OperationMemberRequest[];
  /**
   * The handling of a secondary that cannot be created. keep (default): everything stays in its current state. teardown: the created members are detached and the datastore is deleted. No replication group is ever deleted.
   */
  OnFailure?: 'keep' | 'teardown';
}
export interface GetGlobalDatastoreInput {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
}
export interface GetReplicationInput {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
  /**
   * A duration up to P7D (ISO 8601: days, hours, minutes). The response then has the lag over this time.
   */
  Since?: string;
}
/**
 * The primary, and the lag of each secondary.
 */
export interface GetReplicationOutput {
  GlobalReplicationGroupId: string;
  /**
   * Left out while no member is the primary.
   */
  Primary?: {
    ReplicationGroupId: string;
    ReplicationGroupRegion: string;
  };
  Secondaries: SecondaryLag[];
  /**
   * The statistic of the metric. Known values: Maximum.
   */
  Statistic: 'Maximum' | (string & {});
  /**
   * The resolution of LagSeconds.
   */
  PeriodSeconds: number;
  /**
   * With Since: the resolution of Series.
   */
  SeriesPeriodSeconds?: number;
  /**
   * The regions whose lag could not be read. Left out if there are none.
   */
  Warnings?: {
    Region: string;
    /**
     * What is missing and why.
     */
    Detail: string;
  }[];
}
export interface GetConnectionInput {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
}
/**
 * The addresses of a datastore, and what clients need to know of it.
 */
export interface GetConnectionOutput {
  GlobalReplicationGroupId: string;
  /**
   * The address that takes writes: the primary endpoint of the primary, or its configuration endpoint with cluster mode. Left out if it could not be read.
   */
  Writer?: {
    Region: string;
    ReplicationGroupId: string;
    /**
     * The DNS name. Clients resolve it for each new connection.
     */
    Address: string;
    Port: number;
  };
  /**
   * Only on a laptop with --data-plane: an address that leads to whichever member is the primary. A failover closes its connections.
   */
  FixedWriter?: {
    Address: string;
    Port: number;
  };
  /**
   * The address of each secondary that takes the writes once the secondary is the primary.
   */
  Standbys: EndpointAddress[];
  /**
   * The address of each member that takes reads: its reader endpoint, or its configuration endpoint with cluster mode.
   */
  Readers: EndpointAddress[];
  /**
   * True with cluster mode: clients need its protocol.
   */
  ClusterEnabled: boolean;
  /**
   * True if clients have to use TLS.
   */
  TransitEncryptionEnabled: boolean;
  /**
   * True if clients need a password (AUTH).
   */
  AuthTokenEnabled: boolean;
  /**
   * True if a member has user groups (RBAC): clients need a user and its password.
   */
  UserGroupsEnabled: boolean;
  /**
   * Code that copes with a failover: on READONLY and on a lost connection it drops the connection, resolves the name of the next member, and tries again. A command can then run twice. Empty if no address could be read.
   */
  Snippets: {
    /**
     * Known values: ioredis, node-redis, redis-py, redis-cli.
     */
    Client: 'ioredis' | 'node-redis' | 'redis-py' | 'redis-cli' | (string & {});
    /**
     * The code. Passwords are read from the environment.
     */
    Code: string;
  }[];
  /**
   * The regions whose addresses could not be read. Left out if there are none.
   */
  Warnings?: {
    Region: string;
    /**
     * What is missing and why.
     */
    Detail: string;
  }[];
}
export interface ListGlobalDatastoresInput {
  /**
   * Only datastores with this status.
   */
  Status?: 'creating' | 'available' | 'modifying' | 'primary-only' | 'deleting' | 'deleted' | 'create-failed';
  /**
   * Only datastores with a member in this region.
   */
  Region?: string;
  /**
   * Only datastores whose id begins with this text, with or without the prefix of AWS. It has up to 255 letters, digits and hyphens and starts with a letter. Upper and lower case are the same.
   */
  NamePrefix?: string;
  /**
   * The maximum number of entries on a page: 20 to 100. Default: 100.
   */
  MaxRecords?: number;
  /**
   * The start of the page: the Marker of the previous page.
   */
  Marker?: string;
  /**
   * True to include the Members of the datastores. Default: false, as in AWS.
   */
  ShowMemberInfo?: boolean;
}
export interface ModifyGlobalDatastoreInput {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
  /**
   * The new node type of all members, such as cache.r7g.xlarge.
   */
  CacheNodeType?: string;
  /**
   * The new engine of all members. The only possible change is from redis to valkey. Requires EngineVersion.
   */
  Engine?: 'redis' | 'valkey';
  /**
   * The new engine version of all members, such as 8.0. A downgrade is not possible.
   */
  EngineVersion?: string;
  /**
   * A parameter group of the new family. Only valid with a new major EngineVersion.
   */
  CacheParameterGroupName?: string;
  GlobalReplicationGroupDescription?: Description;
  /**
   * True if a replica becomes the primary node of its member when the primary node fails. This is not the failover to another region.
   */
  AutomaticFailoverEnabled?: boolean;
  ApplyImmediately?: ApplyImmediately;
}
export interface DeleteGlobalDatastoreInput {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
  /**
   * True to start an operation that detaches all secondaries, waits until they are gone and then deletes the datastore.
   */
  DetachSecondaries?: boolean;
  Supersede?: Supersede;
}
/**
 * The datastore, and what it leaves, or the operation that deletes it.
 */
export interface DeleteGlobalDatastoreOutput {
  GlobalReplicationGroup: GlobalReplicationGroup;
  /**
   * The operation that continues the change. Left out if no operation is needed. Link refers to the operation.
   */
  OperationId?: string;
  /**
   * The resources that remain and that incur costs. A group is standalone when the change is complete. With DetachSecondaries the operation names them when it has ended.
   */
  Result?: {
    /**
     * Former members and failed secondaries. They are standalone replication groups with their data and incur costs until you delete them.
     */
    Standalone: {
      ReplicationGroupId: string;
      ReplicationGroupRegion: string;
      /**
       * Left out if AWS did not provide it.
       */
      Status?: string;
    }[];
    /**
     * The parameter groups that ElastiCache created for them. They are not deleted automatically.
     */
    ParameterGroups: {
      /**
       * The name. Ends in `*` if AWS did not provide its last four letters.
       */
      CacheParameterGroupName: string;
      Region: string;
    }[];
  };
}
export interface ApplyTopologyInput {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
  Supersede?: Supersede;
  /**
   * All desired members of the datastore: one PRIMARY and up to two SECONDARY, each in a different region. Members that exist get the settings that are named and that they do not have; settings that are not named stay. A setting that AWS cannot change in a member that exists is refused before anything is changed. Tags are added or replaced. Members that are not listed are detached.
   *
   * @minItems 1
   * @maxItems 3
   */
  Members: {
    /**
     * The new member. The id of a replication group: 1 to 40 letters, digits and hyphens. It starts with a letter, does not end with a hyphen and has no two hyphens in a row. ElastiCache stores it in lower case. Ids are unique within a region.
     */
    ReplicationGroupId: string;
    /**
     * The region of the new member. An AWS region that this API is configured for.
     */
    ReplicationGroupRegion: string;
    /**
     * Free text of 1 to 1000 characters. Default: a text that names the datastore.
     */
    ReplicationGroupDescription?: string;
    /**
     * The port for client connections. Default: 6379.
     */
    Port?: number;
    /**
     * The number of nodes with cluster mode disabled: the primary node and up to 5 replicas.
     */
    NumCacheClusters?: number;
    /**
     * The number of replicas in each node group (shard) with cluster mode enabled: 0 to 5.
     */
    ReplicasPerNodeGroup?: number;
    /**
     * The subnet group. It belongs to the region of the member.
     */
    CacheSubnetGroupName?: string;
    /**
     * The availability zones of the nodes with cluster mode disabled. The zone of the primary node is the first.
     *
     * @minItems 1
     * @maxItems 6
     */
    PreferredCacheClusterAZs?: string[];
    /**
     * The availability zones of the nodes of each node group with cluster mode enabled.
     *
     * @maxItems 500
     */
    NodeGroupConfiguration?: {
      NodeGroupId?: string;
      ReplicaCount?: number;
      PrimaryAvailabilityZone?: string;
      /**
       * The availability zones of the replicas.
       *
       * @minItems 1
       * @maxItems 5
       */
      ReplicaAvailabilityZones?: string[];
    }[];
    /**
     * The ids of VPC security groups.
     *
     * @minItems 1
     * @maxItems 5
     */
    SecurityGroupIds?: string[];
    /**
     * The key for encryption at rest: the id, alias or ARN of a KMS key in the region of the member.
     */
    KmsKeyId?: string;
    AuthTokenSecretArn?: AuthTokenSecretArn;
    /**
     * True to place the nodes in several availability zones.
     */
    MultiAZEnabled?: boolean;
    /**
     * The number of days that automatic snapshots are kept: 0 to 35. 0 disables automatic snapshots.
     */
    SnapshotRetentionLimit?: number;
    /**
     * The daily time range for snapshots in UTC, such as 05:00-06:00. At least 60 minutes.
     */
    SnapshotWindow?: string;
    /**
     * The weekly time range for maintenance in UTC, such as sun:23:00-mon:01:30. At least 60 minutes, and not during SnapshotWindow.
     */
    PreferredMaintenanceWindow?: string;
    /**
     * The SNS topic for events. It belongs to this account and to the region of the member.
     */
    NotificationTopicArn?: string;
    /**
     * The tags of the new replication group. A datastore itself cannot have tags.
     *
     * @maxItems 50
     */
    Tags?: {
      /**
       * 1 to 128 characters. No control characters except tab and line breaks.
       */
      Key: string;
      /**
       * Up to 256 characters. No control characters except tab and line breaks.
       */
      Value?: string;
    }[];
    /**
     * The user group whose users can connect. It belongs to the region of the member.
     *
     * @minItems 1
     * @maxItems 1
     */
    UserGroupIds?: string[];
    /**
     * The destinations of the slow log and the engine log.
     *
     * @maxItems 2
     */
    LogDeliveryConfigurations?: {
      LogType?: 'slow-log' | 'engine-log';
      DestinationType?: 'cloudwatch-logs' | 'kinesis-firehose';
      DestinationDetails?: {
        CloudWatchLogsDetails?: {
          LogGroup?: string;
        };
        KinesisFirehoseDetails?: {
          DeliveryStream?: string;
        };
      };
      LogFormat?: 'text' | 'json';
      Enabled?: boolean;
    }[];
    /**
     * PRIMARY accepts writes. SECONDARY accepts reads only.
     */
    Role: 'PRIMARY' | 'SECONDARY';
  }[];
  /**
   * How many seconds a member may be behind at most when it becomes the primary. It is checked at the acceptance, and again by the operation, which waits until the member is within the limit. Left out, the lag is not read, unless a policy sets a limit.
   */
  MaxLagSeconds?: number;
  /**
   * True to replace the limit of the policy by MaxLagSeconds, or by none. Requires a Reason, and that the policy names the caller. Without a limit in the policy it changes nothing.
   */
  Override?: boolean;
  /**
   * The reason for the failover. It goes to the log and to the audit entry, not to AWS. A policy can require it.
   */
  Reason?: string;
}
export interface FailoverGlobalDatastoreInput {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
  /**
   * The region that becomes primary. An AWS region that this API is configured for.
   */
  PrimaryRegion: string;
  /**
   * The member that becomes primary. Optional if the region has one member. The id of a replication group: 1 to 40 letters, digits and hyphens. It starts with a letter, does not end with a hyphen and has no two hyphens in a row. ElastiCache stores it in lower case.
   */
  PrimaryReplicationGroupId?: string;
  /**
   * How many seconds the new primary may be behind at most. Left out, the lag is not read, unless a policy sets a limit: a failover then does not depend on CloudWatch.
   */
  MaxLagSeconds?: number;
  /**
   * True to replace the limit of the policy by MaxLagSeconds, or by none. Requires a Reason, and that the policy names the caller. Without a limit in the policy it changes nothing.
   */
  Override?: boolean;
  /**
   * The reason for the failover. It goes to the log and to the audit entry, not to AWS. A policy can require it.
   */
  Reason?: string;
}
/**
 * The datastore, and where clients write once the failover is complete.
 */
export interface FailoverGlobalDatastoreOutput {
  GlobalReplicationGroup: GlobalReplicationGroup;
  /**
   * The address of the new primary. Left out if its region does not return it within a second: a failover does not wait for it.
   */
  Writer?: {
    Region: string;
    ReplicationGroupId: string;
    /**
     * The DNS name. Clients resolve it for each new connection.
     */
    Address: string;
    Port: number;
  };
}
export interface StartDrillInput {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
  Supersede?: Supersede;
  /**
   * The region that becomes primary for the time of the drill.
   */
  PrimaryRegion: string;
  /**
   * The secondary that becomes primary for the time of the drill. Optional if the region has one member.
   */
  PrimaryReplicationGroupId?: string;
  /**
   * The seconds for which the drill holds before it promotes the former primary: 0 to 7200.
   */
  HoldSeconds: number;
  /**
   * The largest lag of the secondary in seconds with which the drill starts. If the lag is higher or not known, nothing is changed.
   */
  MaxLagSeconds?: number;
  /**
   * The reason for the drill. The list of drills shows it.
   */
  Reason: string;
}
export interface ListDrillsInput {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
  /**
   * The maximum number of entries on a page: 20 to 100. Default: 100.
   */
  MaxRecords?: number;
  /**
   * The start of the page: the Marker of the previous page.
   */
  Marker?: string;
}
export interface AddMemberInput {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
  /**
   * The new member. The id of a replication group: 1 to 40 letters, digits and hyphens. It starts with a letter, does not end with a hyphen and has no two hyphens in a row. ElastiCache stores it in lower case. Ids are unique within a region.
   */
  ReplicationGroupId: string;
  /**
   * The region of the new member. An AWS region that this API is configured for.
   */
  ReplicationGroupRegion: string;
  /**
   * Free text of 1 to 1000 characters. Default: a text that names the datastore.
   */
  ReplicationGroupDescription?: string;
  /**
   * The port for client connections. Default: 6379.
   */
  Port?: number;
  /**
   * The number of nodes with cluster mode disabled: the primary node and up to 5 replicas.
   */
  NumCacheClusters?: number;
  /**
   * The number of replicas in each node group (shard) with cluster mode enabled: 0 to 5.
   */
  ReplicasPerNodeGroup?: number;
  /**
   * The subnet group. It belongs to the region of the member.
   */
  CacheSubnetGroupName?: string;
  /**
   * The availability zones of the nodes with cluster mode disabled. The zone of the primary node is the first.
   *
   * @minItems 1
   * @maxItems 6
   */
  PreferredCacheClusterAZs?: string[];
  /**
   * The availability zones of the nodes of each node group with cluster mode enabled.
   *
   * @maxItems 500
   */
  NodeGroupConfiguration?: {
    NodeGroupId?: string;
    ReplicaCount?: number;
    PrimaryAvailabilityZone?: string;
    /**
     * The availability zones of the replicas.
     *
     * @minItems 1
     * @maxItems 5
     */
    ReplicaAvailabilityZones?: string[];
  }[];
  /**
   * The ids of VPC security groups.
   *
   * @minItems 1
   * @maxItems 5
   */
  SecurityGroupIds?: string[];
  /**
   * The key for encryption at rest: the id, alias or ARN of a KMS key in the region of the member.
   */
  KmsKeyId?: string;
  /**
   * The password of the primary, if it has one: 16 to 128 letters, digits and characters of !&#$^<>-. The API never stores, shows or logs it.
   */
  AuthToken?: string;
  AuthTokenSecretArn?: AuthTokenSecretArn;
  /**
   * True to place the nodes in several availability zones.
   */
  MultiAZEnabled?: boolean;
  /**
   * The number of days that automatic snapshots are kept: 0 to 35. 0 disables automatic snapshots.
   */
  SnapshotRetentionLimit?: number;
  /**
   * The daily time range for snapshots in UTC, such as 05:00-06:00. At least 60 minutes.
   */
  SnapshotWindow?: string;
  /**
   * The weekly time range for maintenance in UTC, such as sun:23:00-mon:01:30. At least 60 minutes, and not during SnapshotWindow.
   */
  PreferredMaintenanceWindow?: string;
  /**
   * The SNS topic for events. It belongs to this account and to the region of the member.
   */
  NotificationTopicArn?: string;
  /**
   * The tags of the new replication group. A datastore itself cannot have tags.
   *
   * @maxItems 50
   */
  Tags?: {
    /**
     * 1 to 128 characters. No control characters except tab and line breaks.
     */
    Key: string;
    /**
     * Up to 256 characters. No control characters except tab and line breaks.
     */
    Value?: string;
  }[];
  /**
   * The user group whose users can connect. It belongs to the region of the member.
   *
   * @minItems 1
   * @maxItems 1
   */
  UserGroupIds?: string[];
  /**
   * The destinations of the slow log and the engine log.
   *
   * @maxItems 2
   */
  LogDeliveryConfigurations?: {
    LogType?: 'slow-log' | 'engine-log';
    DestinationType?: 'cloudwatch-logs' | 'kinesis-firehose';
    DestinationDetails?: {
      CloudWatchLogsDetails?: {
        LogGroup?: string;
      };
      KinesisFirehoseDetails?: {
        DeliveryStream?: string;
      };
    };
    LogFormat?: 'text' | 'json';
    Enabled?: boolean;
  }[];
}
export interface ModifyMemberInput {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
  ReplicationGroupRegion: Region;
  ReplicationGroupId: ReplicationGroupId;
  /**
   * The number of nodes with cluster mode disabled: the primary node and up to 5 replicas.
   */
  NumCacheClusters?: number;
  /**
   * The availability zones of all nodes, for an increase. Those of the nodes that are there stay.
   *
   * @minItems 1
   * @maxItems 6
   */
  PreferredCacheClusterAZs?: string[];
  /**
   * The number of replicas in each node group (shard) with cluster mode enabled: 0 to 5.
   */
  ReplicasPerNodeGroup?: number;
  /**
   * The number of replicas of single node groups with cluster mode enabled, and for an increase the availability zones of all nodes. Node groups that are not listed stay.
   *
   * @minItems 1
   * @maxItems 500
   */
  NodeGroupConfiguration?: {
    NodeGroupId: string;
    ReplicaCount?: number;
    PrimaryAvailabilityZone?: string;
    /**
     * The availability zones of the replicas.
     *
     * @minItems 1
     * @maxItems 5
     */
    ReplicaAvailabilityZones?: string[];
  }[];
  /**
   * Free text of 1 to 1000 characters.
   */
  ReplicationGroupDescription?: string;
  /**
   * True to place the nodes in several availability zones.
   */
  MultiAZEnabled?: boolean;
  /**
   * The number of days that automatic snapshots are kept: 0 to 35. 0 disables automatic snapshots.
   */
  SnapshotRetentionLimit?: number;
  /**
   * The daily time range for snapshots in UTC, such as 05:00-06:00. At least 60 minutes.
   */
  SnapshotWindow?: string;
  /**
   * The weekly time range for maintenance in UTC, such as sun:23:00-mon:01:30. At least 60 minutes, and not during SnapshotWindow.
   */
  PreferredMaintenanceWindow?: string;
  /**
   * The SNS topic for events. It belongs to this account and to the region of the member.
   */
  NotificationTopicArn?: string;
  /**
   * The ids of VPC security groups.
   *
   * @minItems 1
   * @maxItems 5
   */
  SecurityGroupIds?: string[];
  /**
   * The user group whose users can connect. It belongs to the region of the member. An empty list removes the present one.
   *
   * @minItems 0
   * @maxItems 1
   */
  UserGroupIds?: string[];
  /**
   * The new password. The password of the primary, if it has one: 16 to 128 letters, digits and characters of !&#$^<>-. The API never stores, shows or logs it.
   */
  AuthToken?: string;
  AuthTokenSecretArn?: AuthTokenSecretArn;
  /**
   * ROTATE (default): the former and the new token are both valid afterwards. SET: only the new token is valid, and AWS takes it after a ROTATE to the same token. DELETE: no token is valid, and the users of UserGroupIds can connect.
   */
  AuthTokenUpdateStrategy?: 'ROTATE' | 'SET' | 'DELETE';
  /**
   * The destinations of the logs of these types. Other types stay. Enabled: false ends the delivery.
   *
   * @minItems 1
   * @maxItems 2
   */
  LogDeliveryConfigurations?: {
    LogType?: 'slow-log' | 'engine-log';
    DestinationType?: 'cloudwatch-logs' | 'kinesis-firehose';
    DestinationDetails?: {
      CloudWatchLogsDetails?: {
        LogGroup?: string;
      };
      KinesisFirehoseDetails?: {
        DeliveryStream?: string;
      };
    };
    LogFormat?: 'text' | 'json';
    Enabled?: boolean;
  }[];
  /**
   * The tags to add or to replace. Other tags stay.
   *
   * @minItems 1
   * @maxItems 50
   */
  Tags?: {
    /**
     * 1 to 128 characters. No control characters except tab and line breaks.
     */
    Key: string;
    /**
     * Up to 256 characters. No control characters except tab and line breaks.
     */
    Value?: string;
  }[];
  /**
   * The keys of the tags to remove.
   *
   * @minItems 1
   * @maxItems 50
   */
  TagKeys?: string[];
}
/**
 * The member. With Prefer: wait=N also the datastore.
 */
export interface ModifyMemberOutput {
  ReplicationGroup: ReplicationGroup;
  GlobalReplicationGroup?: GlobalReplicationGroup;
}
export interface RemoveMemberInput {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
  ReplicationGroupRegion: Region;
  ReplicationGroupId: ReplicationGroupId;
  /**
   * This API never deletes data. The member is detached and continues as a standalone replication group. Delete that group yourself when you no longer need it.
   */
  DeleteReplicationGroup?: false;
}
/**
 * The datastore, and what the detached member leaves.
 */
export interface RemoveMemberOutput {
  GlobalReplicationGroup: GlobalReplicationGroup;
  Result: RetainedResources;
}
export interface ScaleNodeGroupsInput {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
  /**
   * The desired number of node groups (shards) of each member: 1 to 500.
   */
  NodeGroupCount: number;
  /**
   * For a decrease: the node groups to keep. Default: those with the lowest numbers.
   *
   * @minItems 1
   * @maxItems 500
   */
  GlobalNodeGroupsToRetain?: string[];
  /**
   * For a decrease: the node groups to remove, instead of those to keep.
   *
   * @minItems 1
   * @maxItems 500
   */
  GlobalNodeGroupsToRemove?: string[];
  /**
   * For an increase: the availability zones of the new node groups, by member.
   *
   * @maxItems 3
   */
  RegionalConfigurations?: {
    ReplicationGroupId: ReplicationGroupId;
    ReplicationGroupRegion: Region;
    /**
     * @maxItems 500
     */
    ReshardingConfiguration: {
      NodeGroupId?: string;
      /**
       * @maxItems 6
       */
      PreferredAvailabilityZones?: string[];
    }[];
  }[];
  ApplyImmediately?: ApplyImmediately;
}
export interface RebalanceSlotsInput {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
}
export interface RotateAuthTokenInput {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
  Supersede?: Supersede;
  AuthTokenSecretArn: AuthTokenSecretArn;
  AuthTokenUpdateStrategy?: AuthTokenUpdateStrategy;
}
export interface GetAuditInput {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
  /**
   * The maximum number of entries on a page: 20 to 100. Default: 100.
   */
  MaxRecords?: number;
  /**
   * The start of the page: the Marker of the previous page.
   */
  Marker?: string;
}
export interface GetOperationInput {
  OperationId: OperationId;
}
export interface ListOperationsInput {
  GlobalReplicationGroupId?: GlobalReplicationGroupId;
  /**
   * The status of the operation. STOPPED: the operation was cancelled, or another operation replaced it.
   */
  Status?: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'STOPPED';
  /**
   * Only operations of datastores whose id begins with this text, with or without the prefix of AWS. It has up to 255 letters, digits and hyphens and starts with a letter. Upper and lower case are the same.
   */
  NamePrefix?: string;
  /**
   * The maximum number of entries on a page: 20 to 100. Default: 100.
   */
  MaxRecords?: number;
  /**
   * The start of the page: the Marker of the previous page.
   */
  Marker?: string;
}
export interface CancelOperationInput {
  OperationId: OperationId;
}
export interface StartEvacuationInput {
  Supersede?: Supersede;
  /**
   * The region to evacuate. An AWS region that this API is configured for.
   */
  FromRegion: string;
  /**
   * The region of the new primaries. By default the first region, in the order of the configuration of this API, in which the datastore has an associated secondary.
   */
  ToRegion?: string;
  /**
   * The datastores to evacuate, in this order. By default all of the caller whose primary is in FromRegion.
   *
   * @minItems 1
   * @maxItems 500
   */
  GlobalReplicationGroupIds?: GlobalReplicationGroupId[];
  /**
   * The maximum number of datastores that are changed at the same time: 1 to 20. Default: 5. One that takes longer than ten minutes no longer counts.
   */
  MaxAtOnce?: number;
  /**
   * The time in seconds, from the start of the change of a datastore, after which its secondary is detached if it is not the primary yet. It then takes writes as a standalone replication group, and cannot become a secondary again. Left out: no secondary is detached.
   */
  DetachAfterSeconds?: number;
  /**
   * The reason for the evacuation. It goes to the audit entry of each change, not to AWS.
   */
  Reason: string;
}
export interface GetEvacuationInput {
  EvacuationId: EvacuationId;
}
export interface ListReplicationGroupsInput {
  /**
   * The region to list. An AWS region that this API is configured for. Default: the region of the API.
   */
  Region?: string;
  /**
   * Only replication groups with this status.
   */
  Status?: 'creating' | 'available' | 'modifying' | 'deleting' | 'create-failed' | 'snapshotting';
  /**
   * Only replication groups whose id begins with this text. It has up to 255 letters, digits and hyphens and starts with a letter. Upper and lower case are the same.
   */
  NamePrefix?: string;
  /**
   * The maximum number of entries on a page: 20 to 100. Default: 100.
   */
  MaxRecords?: number;
  /**
   * The start of the page: the Marker of the previous page.
   */
  Marker?: string;
}
export interface GetReplicationGroupInput {
  Region: Region;
  ReplicationGroupId: ReplicationGroupId;
}
export type GetHealthInput = Record<string, never>;
/**
 * The API is up.
 */
export interface GetHealthOutput {
  /**
   * Known values: ok.
   */
  Status: 'ok' | (string & {});
  Region: string;
  /**
   * Only on a laptop with --data-plane: the servers behind the emulator.
   */
  DataPlane?: string;
}
export type GetReadyInput = Record<string, never>;
/**
 * The table and ElastiCache respond.
 */
export interface GetReadyOutput {
  /**
   * Known values: ready.
   */
  Status: 'ready' | (string & {});
  Region: string;
}
export interface GetProblemInput {
  Code: ProblemCode;
}
export type GetOpenApiInput = Record<string, never>;
/**
 * An OpenAPI 3.1 document.
 */
export interface GetOpenApiOutput {
  openapi: string;
  info: {
    [k: string]: unknown;
  };
  paths: {
    [k: string]: unknown;
  };
  components: {
    [k: string]: unknown;
  };
}
