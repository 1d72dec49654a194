// Pruned at build time by build/plugins/schemaPruning.ts.
import { topologyQuery } from './applyTopology.ts';
import { authTokenSecretArn } from './authToken.ts';
import { withDryRun } from './dryRun.ts';
import { followedDatastoreAnswer } from './globalDatastore.ts';

/** How ElastiCache applies a new AUTH token (ElastiCache user guide, "Modifying the AUTH token on an existing cluster"). */
export const authTokenUpdateStrategy = {
  type: 'string',
  enum: ['ROTATE', 'SET'],
  description:
    'ROTATE (default): the former and the new token are both valid afterwards. SET: only the new token is valid, and AWS takes it after a ROTATE to the same token. DELETE is for one member, because it needs a user group of its region.',
  examples: ['ROTATE'],
} as const;

/** The new AUTH token of all members. */
export const rotateRequest = {
  type: 'object',
  properties: { AuthTokenSecretArn: authTokenSecretArn, AuthTokenUpdateStrategy: authTokenUpdateStrategy },
  required: ['AuthTokenSecretArn'],
  additionalProperties: false,
} as const;

/** The contract of rotateAuthToken. */
export const rotateAuthToken = withDryRun({
  method: 'POST',
  path: '/global-datastores/{GlobalReplicationGroupId}/auth-token',
  subject: 'datastore',
  tag: 'Global datastores',
  summary: 'Change the AUTH token (password) of all members',
  description:
    'Starts an operation that changes one member after the other, the primary last. The token is in AWS Secrets Manager. Every member gets the version of the secret that is current at the start. First send ROTATE, then change the clients, then send SET. Link refers to the operation, which shows the members that remain.',
  awsActions: ['DescribeGlobalReplicationGroups', 'DescribeReplicationGroups'],
  problems: ['TopologyRefused', 'OperationRunning', 'OperationsUnavailable', 'SecretUnavailable'],
  startsOperation: true,
  headers: ['Idempotency-Key', 'If-Match'],
  body: rotateRequest,
  query: topologyQuery,
  responses: { 202: followedDatastoreAnswer },
});
