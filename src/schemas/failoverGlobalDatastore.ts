import { region, replicationGroupId } from './names.ts';

/** The member to promote. AWS's own names are kept though they name the NEW primary. */
export const failoverRequest = {
  type: 'object',
  properties: {
    PrimaryRegion: { ...region, description: `The region that becomes primary. ${region.description}` },
    PrimaryReplicationGroupId: {
      ...replicationGroupId,
      description: `The member that becomes primary. May be left out where the region has one member. ${replicationGroupId.description}`,
    },
  },
  required: ['PrimaryRegion'],
  additionalProperties: false,
} as const;
