// Pruned at build time by build/plugins/schemaPruning.ts.
import { type Code, PROBLEM_TYPES } from '../problems/problemTypes.ts';
import { findings } from './dryRun.ts';

const code = { type: 'string', enum: Object.keys(PROBLEM_TYPES) as Code[] } as const;

/** One place in a request that is wrong. */
const violation = {
  type: 'object',
  properties: {
    detail: { type: 'string', description: 'What is wrong there, and what would be right.' },
    pointer: {
      type: 'string',
      description: 'The place in the body, as a JSON pointer (RFC 6901) in a URI fragment.',
      examples: ['#/PrimaryReplicationGroupId'],
    },
    in: { type: 'string', enum: ['path', 'query', 'header'], description: 'Where the parameter stands.' },
    parameter: { type: 'string', description: 'The name of the parameter.', examples: ['MaxRecords'] },
  },
  required: ['detail'],
  oneOf: [{ required: ['pointer'] }, { required: ['in', 'parameter'] }],
  additionalProperties: false,
} as const;

/** What every refusal and every failure looks like, whatever the route (RFC 9457). */
export const problem = {
  type: 'object',
  description: 'A refusal or a failure (RFC 9457). Programs decide by `code`; people read `title` and `detail`.',
  properties: {
    type: { type: 'string', format: 'uri-reference', description: 'Where this kind of problem is explained.' },
    title: { type: 'string', description: 'The kind of problem in words, the same for each occurrence.' },
    status: { type: 'integer', minimum: 400, maximum: 599, description: 'The HTTP status, once more.' },
    detail: { type: 'string', description: 'What happened this time, and what would be right.' },
    instance: {
      type: 'string',
      format: 'uri',
      description: 'This occurrence: the request id, as it stands in the log.',
      examples: ['urn:request:5ff1a2b6-0a7c-4a0e-9a1c-0f9d1f0a7d53'],
    },
    code: { ...code, description: 'The kind of problem by name; AWS’s own name where AWS refused.' },
    errors: { type: 'array', items: violation, description: 'Every place in the request that is wrong.' },
    remedies: {
      type: 'array',
      description: 'Requests that would help, in their order.',
      items: {
        type: 'object',
        properties: {
          method: { type: 'string', examples: ['DELETE'] },
          href: {
            type: 'string',
            format: 'uri-reference',
            examples: ['/global-datastores/ldgnf-orders/members/eu-west-1/orders-euw1'],
          },
        },
        required: ['method', 'href'],
        additionalProperties: false,
      },
    },
    upstream: {
      type: 'object',
      description: 'The call to AWS that ended this way.',
      properties: {
        service: { type: 'string', examples: ['ElastiCache'] },
        region: { type: 'string', examples: ['us-east-1'] },
        code: { type: 'string', description: 'The code that AWS answered.', examples: ['InvalidParameterValue'] },
        requestId: { type: 'string', description: 'AWS’s id of the call, for CloudTrail and support cases.' },
      },
      required: ['service', 'region'],
      additionalProperties: false,
    },
    checks: { ...findings, description: 'The rules that the request fails, where AWS does not say which.' },
  },
  required: ['type', 'title', 'status', 'detail', 'instance', 'code'],
  additionalProperties: false,
} as const;

/** What API Gateway answers when a request does not come as far as this API; its form cannot be chosen. */
export const gatewayError = {
  type: 'object',
  description: 'An answer of API Gateway itself, before or instead of this API.',
  properties: { message: { type: 'string', examples: ['Forbidden'] } },
  required: ['message'],
  additionalProperties: false,
} as const;
