// Pruned at build time by build/plugins/schemaPruning.ts.
import { region, replicationGroupId } from './common.ts';
import { withDryRun } from './dryRun.ts';
import { failoverGuard, failoverGuardRules } from './failoverGuard.ts';
import { endpointAddress } from './getConnection.ts';
import { globalReplicationGroup } from './globalDatastore.ts';

/** The member to promote. The names are from AWS and mean the NEW primary. */
export const failoverRequest = {
  type: 'object',
  properties: {
    PrimaryRegion: { ...region, description: `The region that becomes primary. ${region.description}` },
    PrimaryReplicationGroupId: {
      ...replicationGroupId,
      description: `The member that becomes primary. Optional if the region has one member. ${replicationGroupId.description}`,
    },
    ...failoverGuard,
  },
  required: ['PrimaryRegion'],
  dependentRequired: failoverGuardRules,
  additionalProperties: false,
} as const;

/** The datastore, and where clients write once the failover is complete. */
const failoverAnswer = {
  type: 'object',
  description: 'The datastore, and where clients write once the failover is complete.',
  properties: {
    GlobalReplicationGroup: globalReplicationGroup,
    Writer: {
      ...endpointAddress,
      description:
        'The address of the new primary. Left out if its region does not return it within a second: a failover does not wait for it.',
    },
  },
  required: ['GlobalReplicationGroup'],
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
    'PrimaryRegion and PrimaryReplicationGroupId name the NEW primary. The API calls AWS in the region of the new primary first, then in the other regions. The failover therefore works during an outage of the region of the old primary. With MaxLagSeconds it is refused if the new primary is further behind.',
  awsActions: ['DescribeGlobalReplicationGroups', 'FailoverGlobalReplicationGroup'],
  optionalAwsActions: ['DescribeReplicationGroups'],
  problems: ['PolicyDenied', 'MemberNotFound', 'FailoverUnderWay', 'ReplicationLagTooHigh', 'ReplicationLagUnknown'],
  headers: ['Idempotency-Key', 'If-Match', 'Prefer'],
  body: failoverRequest,
  responses: { 202: failoverAnswer },
});
