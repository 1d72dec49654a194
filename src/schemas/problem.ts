// Pruned at build time by build/plugins/schemaPruning.ts.
import { type Code, PROBLEM_TYPES } from '../problems/problemTypes.ts';
import { shape } from './common.ts';
import { findings } from './dryRun.ts';
import { globalReplicationGroup } from './globalDatastore.ts';
import { replicationGroup } from './replicationGroup.ts';

const code = { type: 'string', enum: Object.keys(PROBLEM_TYPES) as Code[] } as const;

/** One invalid place in a request. */
const violation = {
  type: 'object',
  properties: {
    detail: { type: 'string', description: 'The error and the valid form.' },
    pointer: {
      type: 'string',
      description: 'The place in the body, as a JSON pointer (RFC 6901) in a URI fragment.',
      examples: ['#/PrimaryReplicationGroupId'],
    },
    in: { type: 'string', enum: ['path', 'query', 'header'], description: 'The location of the parameter.' },
    parameter: { type: 'string', description: 'The name of the parameter.', examples: ['MaxRecords'] },
  },
  required: ['detail'],
  oneOf: [{ required: ['pointer'] }, { required: ['in', 'parameter'] }],
  additionalProperties: false,
} as const;

/** The response to every refusal and every failure (RFC 9457). */
export const problem = {
  type: 'object',
  description: 'A refusal or a failure (RFC 9457). Programs use `code`. `title` and `detail` are for people.',
  properties: {
    type: { type: 'string', format: 'uri-reference', description: 'The URL of the explanation of this problem type.' },
    title: { type: 'string', description: 'A summary of the problem type, the same for each occurrence.' },
    status: { type: 'integer', minimum: 400, maximum: 599, description: 'The HTTP status of the response.' },
    detail: { type: 'string', description: 'The explanation of this occurrence and the way to resolve it.' },
    instance: {
      type: 'string',
      format: 'uri',
      description: 'This occurrence: the request id, as in the log.',
      examples: ['urn:request:5ff1a2b6-0a7c-4a0e-9a1c-0f9d1f0a7d53'],
    },
    code: { ...code, description: 'The problem type. If AWS refused, the name is from AWS.' },
    errors: { type: 'array', items: violation, description: 'Every invalid place in the request.' },
    remedies: {
      type: 'array',
      description: 'Requests that can resolve the problem, in order.',
      items: {
        type: 'object',
        properties: {
          method: { type: 'string', examples: ['DELETE'] },
          href: {
            type: 'string',
            format: 'uri-reference',
            examples: ['/global-datastores/ldgnf-orders/members/eu-west-1/orders-euw1'],
          },
          body: { type: 'object', description: 'The body of the request. Left out if it has none, or needs a choice.' },
          detail: { type: 'string', description: 'What the request does, and when it is the right one.' },
        },
        required: ['method', 'href'],
        additionalProperties: false,
      },
    },
    upstream: {
      type: 'object',
      description: 'The call to AWS that caused the problem.',
      properties: {
        service: { type: 'string', examples: ['ElastiCache'] },
        region: { type: 'string', examples: ['us-east-1'] },
        code: { type: 'string', description: 'The code from AWS.', examples: ['InvalidParameterValue'] },
        requestId: { type: 'string', description: 'The id of the call from AWS, for CloudTrail and support cases.' },
      },
      required: ['service', 'region'],
      additionalProperties: false,
    },
    checks: { ...findings, description: 'The failed checks of the request. Present if AWS does not name the cause.' },
    current: {
      ...shape({ GlobalReplicationGroup: globalReplicationGroup, ReplicationGroup: replicationGroup }),
      description: 'The state in which the change has ended. Present if it does not match the request.',
    },
  },
  required: ['type', 'title', 'status', 'detail', 'instance', 'code'],
  additionalProperties: false,
} as const;

/** The response of API Gateway to a request that does not reach this API. Its form is fixed. */
export const gatewayError = {
  type: 'object',
  description: 'A response of API Gateway itself, before or instead of this API.',
  properties: { message: { type: 'string', examples: ['Forbidden'] } },
  required: ['message'],
  additionalProperties: false,
} as const;
