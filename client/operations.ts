// Made from the routes by npm run client.

/** Where each operation goes: what of its input is in the path and in the query; the rest is the body. */
export const operations = {
  createGlobalDatastore: { method: 'POST', path: '/global-datastores', inPath: [], inQuery: ['DryRun'] },
  getGlobalDatastore: {
    method: 'GET',
    path: '/global-datastores/{GlobalReplicationGroupId}',
    inPath: ['GlobalReplicationGroupId'],
    inQuery: [],
  },
  listGlobalDatastores: {
    method: 'GET',
    path: '/global-datastores',
    inPath: [],
    inQuery: ['MaxRecords', 'Marker', 'ShowMemberInfo'],
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
  addMember: {
    method: 'POST',
    path: '/global-datastores/{GlobalReplicationGroupId}/members',
    inPath: ['GlobalReplicationGroupId'],
    inQuery: ['DryRun'],
  },
  removeMember: {
    method: 'DELETE',
    path: '/global-datastores/{GlobalReplicationGroupId}/members/{ReplicationGroupRegion}/{ReplicationGroupId}',
    inPath: ['GlobalReplicationGroupId', 'ReplicationGroupRegion', 'ReplicationGroupId'],
    inQuery: ['DeleteReplicationGroup'],
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
    inQuery: [],
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
    inQuery: ['GlobalReplicationGroupId', 'Status', 'MaxRecords', 'Marker'],
  },
  cancelOperation: { method: 'POST', path: '/operations/{OperationId}/cancel', inPath: ['OperationId'], inQuery: [] },
  listReplicationGroups: {
    method: 'GET',
    path: '/replication-groups',
    inPath: [],
    inQuery: ['Region', 'MaxRecords', 'Marker'],
  },
  getReplicationGroup: {
    method: 'GET',
    path: '/replication-groups/{Region}/{ReplicationGroupId}',
    inPath: ['Region', 'ReplicationGroupId'],
    inQuery: [],
  },
  getHealth: { method: 'GET', path: '/health', inPath: [], inQuery: [] },
  getProblem: { method: 'GET', path: '/problems/{Code}', inPath: ['Code'], inQuery: [] },
  getOpenApi: { method: 'GET', path: '/openapi.json', inPath: [], inQuery: [] },
} as const;

/** The input and the output of each operation. */
export interface Operations {
  /** Create a datastore over an existing replication group. */
  createGlobalDatastore: { input: CreateGlobalDatastoreInput; output: FollowedDatastoreAnswer };
  /** Show a datastore with its members. */
  getGlobalDatastore: { input: GetGlobalDatastoreInput; output: GlobalDatastoreAnswer };
  /** List the datastores of all regions, page by page. */
  listGlobalDatastores: { input: ListGlobalDatastoresInput; output: GlobalDatastoresAnswer };
  /** Change one property of a datastore, in all its members. */
  modifyGlobalDatastore: { input: ModifyGlobalDatastoreInput; output: GlobalDatastoreAnswer };
  /** Delete a datastore; its primary stays as a replication group on its own. */
  deleteGlobalDatastore: { input: DeleteGlobalDatastoreInput; output: FollowedDatastoreAnswer };
  /** Set who the members are, as a whole. */
  applyTopology: { input: ApplyTopologyInput; output: TopologyAnswer };
  /** Promote a secondary to primary. */
  failoverGlobalDatastore: { input: FailoverGlobalDatastoreInput; output: GlobalDatastoreAnswer };
  /** Add a region: make a replication group there that joins the datastore as a secondary. */
  addMember: { input: AddMemberInput; output: MemberAnswer };
  /** Detach a secondary; it goes on as a replication group on its own, with its data. */
  removeMember: { input: RemoveMemberInput; output: GlobalDatastoreAnswer };
  /** Set how many node groups (shards) the members have. */
  scaleNodeGroups: { input: ScaleNodeGroupsInput; output: PlannedDatastoreAnswer };
  /** Spread the slots evenly over the node groups (shards). */
  rebalanceSlots: { input: RebalanceSlotsInput; output: GlobalDatastoreAnswer };
  /** Show who changed a datastore through this API, page by page, the latest first. */
  getAudit: { input: GetAuditInput; output: AuditAnswer };
  /** Show an operation: what is wanted, what is there, and what it is at. */
  getOperation: { input: GetOperationInput; output: OperationAnswer };
  /** List the operations of the last 30 days, page by page. */
  listOperations: { input: ListOperationsInput; output: OperationsAnswer };
  /** Stop an operation where it is. */
  cancelOperation: { input: CancelOperationInput; output: OperationAnswer };
  /** List the replication groups of a region: what may become a primary. */
  listReplicationGroups: { input: ListReplicationGroupsInput; output: ReplicationGroupsAnswer };
  /** Show a replication group: its endpoints, its nodes, its place in a datastore. */
  getReplicationGroup: { input: GetReplicationGroupInput; output: ReplicationGroupAnswer };
  /** Tell whether this region of the API is up. */
  getHealth: { input: GetHealthInput; output: GetHealthOutput };
  /** Explain a kind of problem. */
  getProblem: { input: GetProblemInput; output: ProblemKindAnswer };
  /** Show this contract as an OpenAPI document. */
  getOpenApi: { input: GetOpenApiInput; output: GetOpenApiOutput };
}

/**
 * Name of the datastore, to which AWS adds a prefix of five letters and a hyphen: 1 to 40 letters, digits and hyphens; starts with a letter, no hyphen at the end, no two in a row.
 *
 */
export type GlobalReplicationGroupIdSuffix = string;
/**
 * Free text of up to 1000 characters, without control characters.
 *
 */
export type Description = string;
/**
 * Id of a datastore as AWS made it: a prefix of five letters, a hyphen, the suffix.
 *
 */
export type GlobalReplicationGroupId = string;
/**
 * Always true: changes to a datastore cannot wait for the maintenance window.
 *
 */
export type ApplyImmediately = true;
/**
 * With true an operation that is under way at this datastore ends where it is, and this one takes its place.
 *
 */
export type Supersede = boolean;
/**
 * An AWS region that this API is configured for.
 *
 */
export type Region = string;
/**
 * Name of a replication group: 1 to 40 letters, digits and hyphens; starts with a letter, no hyphen at the end, no two in a row. ElastiCache stores it in lower case.
 *
 */
export type ReplicationGroupId = string;
/**
 * Id of an operation: the id of its datastore, `_`, and 16 hexadecimal digits.
 *
 */
export type OperationId = string;
/**
 * The code of a problem.
 *
 */
export type ProblemCode = string;

export interface AddMemberRequest {
  /**
   * The new member. Name of a replication group: 1 to 40 letters, digits and hyphens; starts with a letter, no hyphen at the end, no two in a row. ElastiCache stores it in lower case. Ids are unique in a region, not between regions.
   */
  ReplicationGroupId: string;
  /**
   * The region of the new member. An AWS region that this API is configured for.
   */
  ReplicationGroupRegion: string;
  /**
   * Free text of 1 to 1000 characters. Left out: it names the datastore.
   */
  ReplicationGroupDescription?: string;
  /**
   * The port that clients connect to; 6379 when left out.
   */
  Port?: number;
  /**
   * With cluster mode disabled: how many nodes, the primary node and up to 5 replicas.
   */
  NumCacheClusters?: number;
  /**
   * With cluster mode enabled: how many replicas in each node group (shard), 0 to 5.
   */
  ReplicasPerNodeGroup?: number;
  /**
   * The subnet group, one of that region.
   */
  CacheSubnetGroupName?: string;
  /**
   * With cluster mode disabled: the zones of the nodes, the primary node first.
   *
   * @minItems 1
   * @maxItems 6
   */
  PreferredCacheClusterAZs?: string[];
  /**
   * With cluster mode enabled: the zones of the nodes of each node group.
   *
   * @maxItems 500
   */
  NodeGroupConfiguration?: {
    NodeGroupId?: string;
    ReplicaCount?: number;
    PrimaryAvailabilityZone?: string;
    /**
     * The zones of the replicas.
     *
     * @minItems 1
     * @maxItems 5
     */
    ReplicaAvailabilityZones?: string[];
  }[];
  /**
   * Ids of VPC security groups.
   *
   * @minItems 1
   * @maxItems 5
   */
  SecurityGroupIds?: string[];
  /**
   * The key for encryption at rest: id, alias or ARN of a KMS key of that region.
   */
  KmsKeyId?: string;
  /**
   * The password of the primary, where it has one: 16 to 128 printable characters without space, quotes, @ and slash. Never shown or logged.
   */
  AuthToken?: string;
  /**
   * Whether the nodes are spread over availability zones.
   */
  MultiAZEnabled?: boolean;
  /**
   * Days that automatic snapshots are kept, 0 to 35; 0: none are made.
   */
  SnapshotRetentionLimit?: number;
  /**
   * When snapshots are made, in UTC, such as 05:00-06:00.
   */
  SnapshotWindow?: string;
  /**
   * When AWS may do maintenance, in UTC, such as sun:23:00-mon:01:30.
   */
  PreferredMaintenanceWindow?: string;
  /**
   * The SNS topic for events: of this account and that region.
   */
  NotificationTopicArn?: string;
  /**
   * Tags of the new replication group; a datastore itself cannot be tagged.
   *
   * @maxItems 50
   */
  Tags?: {
    Key: string;
    Value?: string;
  }[];
  /**
   * The user group of that region whose users may connect.
   *
   * @minItems 1
   * @maxItems 1
   */
  UserGroupIds?: string[];
  /**
   * Where the slow log and the engine log go.
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
   * The description; AWS answers one blank where none was given.
   */
  GlobalReplicationGroupDescription?: string;
  /**
   * creating, available, modifying, primary-only (stable, with no secondary), deleting or deleted. Stable are available and primary-only.
   */
  Status: string;
  /**
   * Node type of all members.
   */
  CacheNodeType?: string;
  /**
   * redis or valkey.
   */
  Engine?: string;
  /**
   * Full version of the engine.
   */
  EngineVersion?: string;
  /**
   * The replication groups of the datastore, in no order. Left out where members are not asked for.
   */
  Members?: {
    ReplicationGroupId?: string;
    ReplicationGroupRegion?: string;
    /**
     * PRIMARY takes writes, SECONDARY only reads.
     */
    Role?: string;
    /**
     * Known values: enabled, disabled, enabling, disabling.
     */
    AutomaticFailover?: 'enabled' | 'disabled' | 'enabling' | 'disabling' | (string & {});
    /**
     * associating, associated, disassociating or disassociated.
     */
    Status?: string;
  }[];
  /**
   * Whether the keys are spread over node groups (shards).
   */
  ClusterEnabled?: boolean;
  /**
   * The node groups (shards), only with cluster mode enabled.
   */
  GlobalNodeGroups?: {
    GlobalNodeGroupId?: string;
    /**
     * Ranges of slots, separated by commas.
     */
    Slots?: string;
  }[];
  /**
   * Whether clients need a password.
   */
  AuthTokenEnabled?: boolean;
  /**
   * Whether connections are encrypted.
   */
  TransitEncryptionEnabled?: boolean;
  /**
   * Whether data on disk is encrypted.
   */
  AtRestEncryptionEnabled?: boolean;
  /**
   * The ARN; its region is empty, for a datastore is in several.
   */
  ARN?: string;
}
export interface FollowedDatastoreAnswer {
  GlobalReplicationGroup: GlobalReplicationGroup;
  /**
   * The operation that goes on from here by itself; left out where none is needed. Link leads to it.
   */
  OperationId?: string;
}
export interface GlobalDatastoreAnswer {
  GlobalReplicationGroup: GlobalReplicationGroup;
}
export interface GlobalDatastoresAnswer {
  GlobalReplicationGroups: GlobalReplicationGroup[];
  /**
   * Where the next page begins; left out on the last page.
   */
  Marker?: string;
  /**
   * Regions that did not answer; left out when all did. Datastores that only such a region lists are missing. Where one falls silent in the midst of a list, some that earlier pages showed may come again.
   */
  Warnings?: {
    Region: string;
    /**
     * What is wrong.
     */
    Detail: string;
  }[];
}
export interface TopologyAnswer {
  GlobalReplicationGroup: GlobalReplicationGroup;
  /**
   * The operation that goes on from here by itself; left out where none is needed. Link leads to it.
   */
  OperationId?: string;
  /**
   * What is done, in words and in order.
   */
  Plan: string[];
}
/**
 * Where clients connect to.
 *
 */
export interface Endpoint {
  Address?: string;
  Port?: number;
}
export interface ReplicationGroup {
  ReplicationGroupId: string;
  Description?: string;
  /**
   * The datastore it belongs to and its role there; empty or left out for a group on its own.
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
   * Where clients connect to, with cluster mode enabled.
   */
  ConfigurationEndpoint?: {
    Address?: string;
    Port?: number;
  };
  /**
   * Days that automatic snapshots are kept; 0: none made.
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
export interface MemberAnswer {
  ReplicationGroup: ReplicationGroup;
  GlobalReplicationGroup?: GlobalReplicationGroup;
}
export interface PlannedDatastoreAnswer {
  GlobalReplicationGroup: GlobalReplicationGroup;
  /**
   * What is done, in words and in order.
   */
  Plan: string[];
}
export interface AuditEntry {
  /**
   * When the request came in.
   */
  Time: string;
  /**
   * The ARN of the IAM identity, session included, or the subject of the token.
   */
  Caller: string;
  /**
   * The route of the request; operation: it is a step of one.
   */
  Route: string;
  /**
   * The X-Request-Id of the answer: it finds the request in the log. The id of an operation for its steps.
   */
  RequestId: string;
  /**
   * Path, query and body, without passwords; only their length where they are longer than 8 KiB. Of an operation: the step.
   */
  Request: {
    [k: string]: unknown;
  };
  /**
   * accepted: AWS is at it. refused: nothing was changed. unknown: the answer of AWS was lost. failed: AWS or this API was in trouble. Known values: accepted, refused, unknown, failed.
   */
  Outcome: 'accepted' | 'refused' | 'unknown' | 'failed' | (string & {});
  /**
   * The HTTP status of the answer.
   */
  Status: number;
  /**
   * The code of the problem that it was.
   */
  Code?: string;
  /**
   * Whether it took up an earlier request with the same Idempotency-Key, whose end was not known.
   */
  Resumed?: boolean;
  /**
   * The datastore just before AWS was asked; left out where it was not looked at.
   */
  Before?: {
    Status?: string;
    CacheNodeType?: string;
    Engine?: string;
    EngineVersion?: string;
    /**
     * How many node groups (shards), with cluster mode enabled.
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
   * The datastore as AWS showed it in its answer, when the change has only begun.
   */
  After?: {
    Status?: string;
    CacheNodeType?: string;
    Engine?: string;
    EngineVersion?: string;
    /**
     * How many node groups (shards), with cluster mode enabled.
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
   * The changes that AWS was asked for.
   */
  AwsCalls: {
    Action?: string;
    Region?: string;
    /**
     * It finds the call in CloudTrail.
     */
    RequestId?: string;
    /**
     * The code of the problem that it ended in.
     */
    Code?: string;
  }[];
}
export interface AuditAnswer {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
  AuditEntries: AuditEntry[];
  /**
   * Where the next page begins; left out on the last page.
   */
  Marker?: string;
}
export interface Operation {
  OperationId: OperationId;
  GlobalReplicationGroupId: GlobalReplicationGroupId;
  /**
   * STOPPED: it was cancelled, or another operation took its place. Known values: RUNNING, SUCCEEDED, FAILED, STOPPED.
   */
  Status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'STOPPED' | (string & {});
  StartedAt: string;
  EndedAt?: string;
  /**
   * Whether it creates a datastore, changes its members, or takes it apart. Known values: CREATE, APPLY, DELETE.
   */
  Kind: 'CREATE' | 'APPLY' | 'DELETE' | (string & {});
  /**
   * Whose wish it is: the ARN of an IAM identity, or the subject of a token.
   */
  RequestedBy?: string;
  /**
   * The goal. No members: the datastore shall be gone.
   */
  Wanted: {
    Members: {
      /**
       * The new member. Name of a replication group: 1 to 40 letters, digits and hyphens; starts with a letter, no hyphen at the end, no two in a row. ElastiCache stores it in lower case. Ids are unique in a region, not between regions.
       */
      ReplicationGroupId: string;
      /**
       * The region of the new member. An AWS region that this API is configured for.
       */
      ReplicationGroupRegion: string;
      /**
       * Free text of 1 to 1000 characters. Left out: it names the datastore.
       */
      ReplicationGroupDescription?: string;
      /**
       * The port that clients connect to; 6379 when left out.
       */
      Port?: number;
      /**
       * With cluster mode disabled: how many nodes, the primary node and up to 5 replicas.
       */
      NumCacheClusters?: number;
      /**
       * With cluster mode enabled: how many replicas in each node group (shard), 0 to 5.
       */
      ReplicasPerNodeGroup?: number;
      /**
       * The subnet group, one of that region.
       */
      CacheSubnetGroupName?: string;
      /**
       * With cluster mode disabled: the zones of the nodes, the primary node first.
       *
       * @minItems 1
       * @maxItems 6
       */
      PreferredCacheClusterAZs?: string[];
      /**
       * With cluster mode enabled: the zones of the nodes of each node group.
       *
       * @maxItems 500
       */
      NodeGroupConfiguration?: {
        NodeGroupId?: string;
        ReplicaCount?: number;
        PrimaryAvailabilityZone?: string;
        /**
         * The zones of the replicas.
         *
         * @minItems 1
         * @maxItems 5
         */
        ReplicaAvailabilityZones?: string[];
      }[];
      /**
       * Ids of VPC security groups.
       *
       * @minItems 1
       * @maxItems 5
       */
      SecurityGroupIds?: string[];
      /**
       * The key for encryption at rest: id, alias or ARN of a KMS key of that region.
       */
      KmsKeyId?: string;
      /**
       * Whether the nodes are spread over availability zones.
       */
      MultiAZEnabled?: boolean;
      /**
       * Days that automatic snapshots are kept, 0 to 35; 0: none are made.
       */
      SnapshotRetentionLimit?: number;
      /**
       * When snapshots are made, in UTC, such as 05:00-06:00.
       */
      SnapshotWindow?: string;
      /**
       * When AWS may do maintenance, in UTC, such as sun:23:00-mon:01:30.
       */
      PreferredMaintenanceWindow?: string;
      /**
       * The SNS topic for events: of this account and that region.
       */
      NotificationTopicArn?: string;
      /**
       * Tags of the new replication group; a datastore itself cannot be tagged.
       *
       * @maxItems 50
       */
      Tags?: {
        Key: string;
        Value?: string;
      }[];
      /**
       * The user group of that region whose users may connect.
       *
       * @minItems 1
       * @maxItems 1
       */
      UserGroupIds?: string[];
      /**
       * Where the slow log and the engine log go.
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
  };
  /**
   * The datastore as it is now. No Status: there is none. Left out where ElastiCache did not tell.
   */
  Actual?: {
    /**
     * creating, available, modifying, primary-only (stable, with no secondary), deleting or deleted. Stable are available and primary-only.
     */
    Status?: string;
    /**
     * The replication groups of the datastore, in no order. Left out where members are not asked for.
     */
    Members: {
      ReplicationGroupId?: string;
      ReplicationGroupRegion?: string;
      /**
       * PRIMARY takes writes, SECONDARY only reads.
       */
      Role?: string;
      /**
       * Known values: enabled, disabled, enabling, disabling.
       */
      AutomaticFailover?: 'enabled' | 'disabled' | 'enabling' | 'disabling' | (string & {});
      /**
       * associating, associated, disassociating or disassociated.
       */
      Status?: string;
    }[];
  };
  /**
   * What it is at, or waits for.
   */
  Step?: string;
  /**
   * Since when it is at this step.
   */
  Since?: string;
  /**
   * How often it has looked since then.
   */
  Attempts?: number;
  /**
   * The changes between what is there and what is wanted, in words and in order.
   */
  Remaining?: string[];
  /**
   * The last word of AWS that held it up.
   */
  LastRefusal?: {
    At: string;
    Code: string;
    Detail: string;
    Region?: string;
    RequestId?: string;
  };
  /**
   * Why it did not reach its goal.
   */
  Reason?: string;
  /**
   * What the caller can do about it.
   */
  Advice?: string;
  /**
   * What it left outside of the datastore.
   */
  Result?: {
    /**
     * Former members, and secondaries that failed: replication groups on their own, with their data. They go on costing money until you delete them.
     */
    Standalone: {
      ReplicationGroupId: string;
      ReplicationGroupRegion: string;
      /**
       * Left out where AWS did not tell.
       */
      Status?: string;
    }[];
    /**
     * The parameter groups that ElastiCache made for them; nobody deletes those by itself.
     */
    ParameterGroups: {
      /**
       * Ends in `*` where AWS did not tell its last four letters.
       */
      CacheParameterGroupName: string;
      Region: string;
    }[];
  };
}
export interface OperationAnswer {
  Operation: Operation;
}
export interface OperationsAnswer {
  Operations: {
    OperationId: OperationId;
    GlobalReplicationGroupId: GlobalReplicationGroupId;
    /**
     * STOPPED: it was cancelled, or another operation took its place. Known values: RUNNING, SUCCEEDED, FAILED, STOPPED.
     */
    Status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'STOPPED' | (string & {});
    StartedAt: string;
    EndedAt?: string;
  }[];
  /**
   * Where the page begins: the Marker of the page before.
   */
  Marker?: string;
}
export interface ReplicationGroupsAnswer {
  ReplicationGroups: ReplicationGroup[];
  /**
   * Where the next page begins; left out on the last page.
   */
  Marker?: string;
}
export interface ReplicationGroupAnswer {
  ReplicationGroup: ReplicationGroup;
}
export interface ProblemKindAnswer {
  Problem: {
    Code: string;
    /**
     * The HTTP status that it comes with.
     */
    Status: number;
    Title: string;
    /**
     * Whose refusal or failure it is. Known values: ElastiCache, API.
     */
    Origin: 'ElastiCache' | 'API' | (string & {});
    /**
     * What the caller can do.
     */
    Advice: string;
    /**
     * Whether the same request may succeed later, unchanged.
     */
    Retry: boolean;
    /**
     * When to send it again; left out where nobody knows.
     */
    RetryAfterSeconds?: number;
    /**
     * A command that mends it, where there is one.
     */
    Command?: string;
  };
}
export interface CreateGlobalDatastoreInput {
  GlobalReplicationGroupIdSuffix: GlobalReplicationGroupIdSuffix;
  GlobalReplicationGroupDescription?: Description;
  /**
   * Name of a replication group: 1 to 40 letters, digits and hyphens; starts with a letter, no hyphen at the end, no two in a row. ElastiCache stores it in lower case. This one exists, is available, and becomes the primary.
   */
  PrimaryReplicationGroupId: string;
  /**
   * The region of the primary. An AWS region that this API is configured for. Left out: the API's own region.
   */
  PrimaryReplicationGroupRegion?: string;
  /**
   * The other regions, each with the settings of addMember: an operation adds them as soon as the datastore is there. Link leads to it.
   *
   * @maxItems 2
   */
  Secondaries?: AddMemberRequest[];
  /**
   * What becomes of the datastore when a secondary cannot be made: keep (when left out) leaves what there is, teardown detaches what was made and deletes the datastore. No replication group is ever deleted.
   */
  OnFailure?: 'keep' | 'teardown';
}
export interface GetGlobalDatastoreInput {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
}
export interface ListGlobalDatastoresInput {
  /**
   * The most entries on a page, 20 to 100; 100 when left out.
   */
  MaxRecords?: number;
  /**
   * Where the page begins: the Marker of the page before.
   */
  Marker?: string;
  /**
   * Whether the datastores show their Members; false when left out, as with AWS.
   */
  ShowMemberInfo?: boolean;
}
export interface ModifyGlobalDatastoreInput {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
  /**
   * The node type that all members shall have, such as cache.r7g.xlarge.
   */
  CacheNodeType?: string;
  /**
   * The engine that all members shall have: from redis to valkey, never back. Takes EngineVersion with it.
   */
  Engine?: 'redis' | 'valkey';
  /**
   * The engine version that all members shall have, such as 8.0; never an older one.
   */
  EngineVersion?: string;
  /**
   * A parameter group of the new family; goes with a new major EngineVersion only.
   */
  CacheParameterGroupName?: string;
  GlobalReplicationGroupDescription?: Description;
  /**
   * Whether a replica takes over within a member when its primary node fails. Not the failover to another region.
   */
  AutomaticFailoverEnabled?: boolean;
  ApplyImmediately?: ApplyImmediately;
}
export interface DeleteGlobalDatastoreInput {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
  /**
   * With true an operation detaches all secondaries, waits until they are gone, and then deletes the datastore.
   */
  DetachSecondaries?: boolean;
  Supersede?: Supersede;
}
export interface ApplyTopologyInput {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
  Supersede?: Supersede;
  /**
   * All members that the datastore shall have: one PRIMARY and up to two SECONDARY, each in a region of its own. Settings count for those that have to be made; a member that is there is left as it is. Who is not named is detached.
   *
   * @minItems 1
   * @maxItems 3
   */
  Members: {
    /**
     * The new member. Name of a replication group: 1 to 40 letters, digits and hyphens; starts with a letter, no hyphen at the end, no two in a row. ElastiCache stores it in lower case. Ids are unique in a region, not between regions.
     */
    ReplicationGroupId: string;
    /**
     * The region of the new member. An AWS region that this API is configured for.
     */
    ReplicationGroupRegion: string;
    /**
     * Free text of 1 to 1000 characters. Left out: it names the datastore.
     */
    ReplicationGroupDescription?: string;
    /**
     * The port that clients connect to; 6379 when left out.
     */
    Port?: number;
    /**
     * With cluster mode disabled: how many nodes, the primary node and up to 5 replicas.
     */
    NumCacheClusters?: number;
    /**
     * With cluster mode enabled: how many replicas in each node group (shard), 0 to 5.
     */
    ReplicasPerNodeGroup?: number;
    /**
     * The subnet group, one of that region.
     */
    CacheSubnetGroupName?: string;
    /**
     * With cluster mode disabled: the zones of the nodes, the primary node first.
     *
     * @minItems 1
     * @maxItems 6
     */
    PreferredCacheClusterAZs?: string[];
    /**
     * With cluster mode enabled: the zones of the nodes of each node group.
     *
     * @maxItems 500
     */
    NodeGroupConfiguration?: {
      NodeGroupId?: string;
      ReplicaCount?: number;
      PrimaryAvailabilityZone?: string;
      /**
       * The zones of the replicas.
       *
       * @minItems 1
       * @maxItems 5
       */
      ReplicaAvailabilityZones?: string[];
    }[];
    /**
     * Ids of VPC security groups.
     *
     * @minItems 1
     * @maxItems 5
     */
    SecurityGroupIds?: string[];
    /**
     * The key for encryption at rest: id, alias or ARN of a KMS key of that region.
     */
    KmsKeyId?: string;
    /**
     * The password of the primary, where it has one: 16 to 128 printable characters without space, quotes, @ and slash. Never shown or logged.
     */
    AuthToken?: string;
    /**
     * Whether the nodes are spread over availability zones.
     */
    MultiAZEnabled?: boolean;
    /**
     * Days that automatic snapshots are kept, 0 to 35; 0: none are made.
     */
    SnapshotRetentionLimit?: number;
    /**
     * When snapshots are made, in UTC, such as 05:00-06:00.
     */
    SnapshotWindow?: string;
    /**
     * When AWS may do maintenance, in UTC, such as sun:23:00-mon:01:30.
     */
    PreferredMaintenanceWindow?: string;
    /**
     * The SNS topic for events: of this account and that region.
     */
    NotificationTopicArn?: string;
    /**
     * Tags of the new replication group; a datastore itself cannot be tagged.
     *
     * @maxItems 50
     */
    Tags?: {
      Key: string;
      Value?: string;
    }[];
    /**
     * The user group of that region whose users may connect.
     *
     * @minItems 1
     * @maxItems 1
     */
    UserGroupIds?: string[];
    /**
     * Where the slow log and the engine log go.
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
     * PRIMARY takes writes, SECONDARY only reads.
     */
    Role: 'PRIMARY' | 'SECONDARY';
  }[];
}
export interface FailoverGlobalDatastoreInput {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
  /**
   * The region that becomes primary. An AWS region that this API is configured for.
   */
  PrimaryRegion: string;
  /**
   * The member that becomes primary. May be left out where the region has one member. Name of a replication group: 1 to 40 letters, digits and hyphens; starts with a letter, no hyphen at the end, no two in a row. ElastiCache stores it in lower case.
   */
  PrimaryReplicationGroupId?: string;
  /**
   * Why: for the log, not for AWS. A policy may require it.
   */
  Reason?: string;
}
export interface AddMemberInput {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
  /**
   * The new member. Name of a replication group: 1 to 40 letters, digits and hyphens; starts with a letter, no hyphen at the end, no two in a row. ElastiCache stores it in lower case. Ids are unique in a region, not between regions.
   */
  ReplicationGroupId: string;
  /**
   * The region of the new member. An AWS region that this API is configured for.
   */
  ReplicationGroupRegion: string;
  /**
   * Free text of 1 to 1000 characters. Left out: it names the datastore.
   */
  ReplicationGroupDescription?: string;
  /**
   * The port that clients connect to; 6379 when left out.
   */
  Port?: number;
  /**
   * With cluster mode disabled: how many nodes, the primary node and up to 5 replicas.
   */
  NumCacheClusters?: number;
  /**
   * With cluster mode enabled: how many replicas in each node group (shard), 0 to 5.
   */
  ReplicasPerNodeGroup?: number;
  /**
   * The subnet group, one of that region.
   */
  CacheSubnetGroupName?: string;
  /**
   * With cluster mode disabled: the zones of the nodes, the primary node first.
   *
   * @minItems 1
   * @maxItems 6
   */
  PreferredCacheClusterAZs?: string[];
  /**
   * With cluster mode enabled: the zones of the nodes of each node group.
   *
   * @maxItems 500
   */
  NodeGroupConfiguration?: {
    NodeGroupId?: string;
    ReplicaCount?: number;
    PrimaryAvailabilityZone?: string;
    /**
     * The zones of the replicas.
     *
     * @minItems 1
     * @maxItems 5
     */
    ReplicaAvailabilityZones?: string[];
  }[];
  /**
   * Ids of VPC security groups.
   *
   * @minItems 1
   * @maxItems 5
   */
  SecurityGroupIds?: string[];
  /**
   * The key for encryption at rest: id, alias or ARN of a KMS key of that region.
   */
  KmsKeyId?: string;
  /**
   * The password of the primary, where it has one: 16 to 128 printable characters without space, quotes, @ and slash. Never shown or logged.
   */
  AuthToken?: string;
  /**
   * Whether the nodes are spread over availability zones.
   */
  MultiAZEnabled?: boolean;
  /**
   * Days that automatic snapshots are kept, 0 to 35; 0: none are made.
   */
  SnapshotRetentionLimit?: number;
  /**
   * When snapshots are made, in UTC, such as 05:00-06:00.
   */
  SnapshotWindow?: string;
  /**
   * When AWS may do maintenance, in UTC, such as sun:23:00-mon:01:30.
   */
  PreferredMaintenanceWindow?: string;
  /**
   * The SNS topic for events: of this account and that region.
   */
  NotificationTopicArn?: string;
  /**
   * Tags of the new replication group; a datastore itself cannot be tagged.
   *
   * @maxItems 50
   */
  Tags?: {
    Key: string;
    Value?: string;
  }[];
  /**
   * The user group of that region whose users may connect.
   *
   * @minItems 1
   * @maxItems 1
   */
  UserGroupIds?: string[];
  /**
   * Where the slow log and the engine log go.
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
export interface RemoveMemberInput {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
  ReplicationGroupRegion: Region;
  ReplicationGroupId: ReplicationGroupId;
  /**
   * This API never deletes data: the member is detached and goes on as a standalone replication group. Delete that yourself when you no longer need it.
   */
  DeleteReplicationGroup?: false;
}
export interface ScaleNodeGroupsInput {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
  /**
   * How many node groups (shards) each member shall have: 1 to 500.
   */
  NodeGroupCount: number;
  /**
   * When the count goes down: the node groups to keep. Left out: the lowest numbered.
   *
   * @minItems 1
   * @maxItems 500
   */
  GlobalNodeGroupsToRetain?: string[];
  /**
   * When the count goes down: the node groups to give up, instead of those to keep.
   *
   * @minItems 1
   * @maxItems 500
   */
  GlobalNodeGroupsToRemove?: string[];
  /**
   * When the count goes up: in which availability zones the new node groups go, by member.
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
export interface GetAuditInput {
  GlobalReplicationGroupId: GlobalReplicationGroupId;
  /**
   * The most entries on a page, 20 to 100; 100 when left out.
   */
  MaxRecords?: number;
  /**
   * Where the page begins: the Marker of the page before.
   */
  Marker?: string;
}
export interface GetOperationInput {
  OperationId: OperationId;
}
export interface ListOperationsInput {
  GlobalReplicationGroupId?: GlobalReplicationGroupId;
  /**
   * STOPPED: it was cancelled, or another operation took its place.
   */
  Status?: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'STOPPED';
  /**
   * The most entries on a page, 20 to 100; 100 when left out.
   */
  MaxRecords?: number;
  /**
   * Where the page begins: the Marker of the page before.
   */
  Marker?: string;
}
export interface CancelOperationInput {
  OperationId: OperationId;
}
export interface ListReplicationGroupsInput {
  /**
   * The region to list. An AWS region that this API is configured for. Left out: the API's own region.
   */
  Region?: string;
  /**
   * The most entries on a page, 20 to 100; 100 when left out.
   */
  MaxRecords?: number;
  /**
   * Where the page begins: the Marker of the page before.
   */
  Marker?: string;
}
export interface GetReplicationGroupInput {
  Region: Region;
  ReplicationGroupId: ReplicationGroupId;
}
export type GetHealthInput = Record<string, never>;
export interface GetHealthOutput {
  /**
   * Known values: ok.
   */
  Status: 'ok' | (string & {});
  Region: string;
}
export interface GetProblemInput {
  Code: ProblemCode;
}
export type GetOpenApiInput = Record<string, never>;
/**
 * An OpenAPI 3.1 document.
 *
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
