import { region, replicationGroupId } from './common.ts';

/** The member to promote. AWS's own names are kept though they name the NEW primary. */
export const failoverRequest = {
  type: 'object',
  properties: {
    PrimaryRegion: { ...region, description: `The region that becomes primary. ${region.description}` },
    PrimaryReplicationGroupId: {
      ...replicationGroupId,
      description: `The member that becomes primary. May be left out where the region has one member. ${replicationGroupId.description}`,
    },
    Reason: {
      type: 'string',
      minLength: 1,
      maxLength: 256,
      pattern: '\\S',
      description: 'Why: for the log, not for AWS. A policy may require it.',
      examples: ['us-east-1 is impaired, incident 4711'],
    },
  },
  required: ['PrimaryRegion'],
  additionalProperties: false,
} as const;
