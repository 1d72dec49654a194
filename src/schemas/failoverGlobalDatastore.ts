// Pruned at build time by build/plugins/schemaPruning.ts.
import { region, replicationGroupId } from './common.ts';
import { withDryRun } from './dryRun.ts';
import { globalDatastoreAnswer } from './globalDatastore.ts';

/** A character that is not white space, as ECMAScript defines it; other engines have another `\s`. */
const visible = '[^\\t-\\r \\xA0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000\uFEFF]';

/** The member to promote. The names are from AWS and mean the NEW primary. */
export const failoverRequest = {
  type: 'object',
  properties: {
    PrimaryRegion: { ...region, description: `The region that becomes primary. ${region.description}` },
    PrimaryReplicationGroupId: {
      ...replicationGroupId,
      description: `The member that becomes primary. Optional if the region has one member. ${replicationGroupId.description}`,
    },
    Reason: {
      type: 'string',
      minLength: 1,
      maxLength: 256,
      pattern: visible,
      description: 'The reason for the failover. It goes to the log, not to AWS. A policy can require it.',
      examples: ['us-east-1 is impaired, incident 4711'],
    },
  },
  required: ['PrimaryRegion'],
  additionalProperties: false,
} as const;

/** The contract of failoverGlobalDatastore. */
export const failoverGlobalDatastore = withDryRun({
  method: 'POST',
  path: '/global-datastores/{GlobalReplicationGroupId}/failover',
  subject: 'datastore',
  changes: { primary: 'PrimaryRegion' },
  tag: 'Global datastores',
  summary: 'Promote a secondary to primary',
  description:
    'PrimaryRegion and PrimaryReplicationGroupId name the NEW primary. The API calls AWS in the region of the new primary first, then in the other regions. The failover therefore works during an outage of the region of the old primary.',
  awsActions: ['DescribeGlobalReplicationGroups', 'FailoverGlobalReplicationGroup'],
  problems: ['PolicyDenied', 'MemberNotFound', 'FailoverUnderWay'],
  headers: ['Idempotency-Key', 'If-Match', 'Prefer'],
  body: failoverRequest,
  responses: { 202: globalDatastoreAnswer },
});
