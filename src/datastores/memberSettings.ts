import type { FromSchema } from 'json-schema-to-ts';
import type { addMemberRequest } from '../schemas/addMember.ts';

type Loose<T> = T extends readonly (infer Item)[] ? readonly Item[] : T;
type Request = FromSchema<typeof addMemberRequest>;

/** The settings that a request names for a member that exists. They have the names and the forms of addMember. */
export type DesiredSettings = {
  readonly [Name in Exclude<keyof Request, 'ReplicationGroupId' | 'ReplicationGroupRegion' | 'AuthToken'>]?: Loose<
    Request[Name]
  >;
} & {
  /** The keys of tags that the member must not have. */
  readonly TagKeys?: readonly string[];
};

/** The settings of a member as AWS shows them, in the forms of `DesiredSettings`. */
export type MemberSettings = Pick<DesiredSettings, ShownSetting> & {
  readonly ReplicationGroupId: string;
  readonly Status: string;
  readonly ARN: string;
  readonly ClusterEnabled: boolean;
  /** Whether a replica replaces a primary node that fails. */
  readonly hasFailover: boolean;
  readonly TransitEncryptionEnabled: boolean;
  /** The node groups, by their ids. Exactly one with cluster mode disabled. */
  readonly NodeGroups: readonly NodeGroupSettings[];
};

export type ShownSetting =
  | 'ReplicationGroupDescription'
  | 'MultiAZEnabled'
  | 'SnapshotRetentionLimit'
  | 'SnapshotWindow'
  | 'PreferredMaintenanceWindow'
  | 'NotificationTopicArn'
  | 'SecurityGroupIds'
  | 'UserGroupIds'
  | 'LogDeliveryConfigurations'
  | 'Tags'
  | 'Port'
  | 'CacheSubnetGroupName'
  | 'KmsKeyId';

export interface NodeGroupSettings {
  readonly NodeGroupId: string;
  /** The availability zone of each node. */
  readonly Zones: readonly string[];
}

/** The settings that only DescribeCacheClusters shows. */
export const settingsOfNodes = [
  'PreferredMaintenanceWindow',
  'NotificationTopicArn',
  'SecurityGroupIds',
  'CacheSubnetGroupName',
] as const;

/** The settings that a member that exists is compared by. AWS shows no password. */
const comparedSettings: readonly (keyof DesiredSettings)[] = [
  ...settingsOfNodes,
  'NumCacheClusters',
  'ReplicasPerNodeGroup',
  'NodeGroupConfiguration',
  'PreferredCacheClusterAZs',
  'ReplicationGroupDescription',
  'MultiAZEnabled',
  'SnapshotRetentionLimit',
  'SnapshotWindow',
  'UserGroupIds',
  'LogDeliveryConfigurations',
  'Tags',
  'TagKeys',
  'Port',
  'KmsKeyId',
];

/** Returns whether a request names a setting that a member that exists is compared by. */
export const namesSettings = (desired: DesiredSettings): boolean =>
  comparedSettings.some((name) => desired[name] !== undefined);
