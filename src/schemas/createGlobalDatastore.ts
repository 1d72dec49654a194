import { description, globalReplicationGroupIdSuffix, region, replicationGroupId } from './names.ts';

/** The members of AWS's CreateGlobalReplicationGroup, and the region in which to call it. */
export const createRequest = {
  type: 'object',
  properties: {
    GlobalReplicationGroupIdSuffix: globalReplicationGroupIdSuffix,
    GlobalReplicationGroupDescription: description,
    PrimaryReplicationGroupId: {
      ...replicationGroupId,
      description: `${replicationGroupId.description} This one exists, is available, and becomes the primary.`,
    },
    PrimaryReplicationGroupRegion: {
      ...region,
      description: `The region of the primary. ${region.description} Left out: the API's own region.`,
    },
  },
  required: ['GlobalReplicationGroupIdSuffix', 'PrimaryReplicationGroupId'],
  additionalProperties: false,
} as const;
