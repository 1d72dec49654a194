import { config } from '../../src/config.ts';
import type { Code } from '../../src/problems/problemTypes.ts';
import type { Route } from '../../src/schemas/route.ts';

/** What holds for every route. */
export const description = `Self-service over Amazon ElastiCache Global Datastores, for Valkey and Redis OSS: create a datastore over an
existing replication group, add members in other regions, fail over, scale, and take it apart again without losing data.

**Names** are AWS's own, letter by letter, in bodies and in query strings; see the
[ElastiCache API reference](https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/Welcome.html).

**A change** is answered with 202 as soon as AWS has accepted it. AWS goes on for minutes: read the resource at \`Location\`,
no more often than \`Retry-After\` says, until its \`Status\` is stable.

**An operation** makes as many changes as it takes to bring a datastore to a whole topology, one datastore one operation at a
time: \`Link\` leads to it, \`rel="monitor"\`. It never ends without saying what is there and what the caller can do.

**A refusal or a failure** is an \`application/problem+json\` (RFC 9457). Its \`code\` is for programs, its \`errors\` lead to each
wrong place in the request, its \`type\` to an explanation. What ElastiCache says is passed on word by word.

**API Gateway** makes some answers itself, before or instead of this API. Their body is \`{"message": …}\` of type
\`application/json\`, and \`apigw-requestid\` stands in place of \`X-Request-Id\`.

Every GET route takes HEAD as well. A path that no route has is answered with 404 (\`RouteNotFound\`), a method that a path does
not take with 405 (\`MethodNotAllowed\`, and \`Allow\`). A body may have up to ${config.maxBodyBytes / 1024} KiB.`;

export const license = { name: 'Unlicensed, for internal use', identifier: 'LicenseRef-Unlicensed' } as const;

/** The groups of routes. */
export const tags: readonly { readonly name: Route['tag']; readonly description: string }[] = [
  { name: 'Global datastores', description: 'Datastores and their members.' },
  { name: 'Operations', description: 'Runs that bring a datastore to a whole topology.' },
  { name: 'Replication groups', description: 'What datastores are made of, in each region.' },
  { name: 'This API', description: 'Its health, its contract, its problems.' },
];

/** What the status 202 means. */
export const accepted =
  'AWS accepted the change and continues it. Read the resource at Location until its Status is stable.';

/** What the status 304 means. */
export const notModified = 'The datastore has one of the entity tags in If-None-Match. There is no body.';

/** The codes of whatever may go wrong on the way to AWS, for each route that calls it. */
export const upstreamCodes: readonly Code[] = [
  'UpstreamAccessDenied',
  'UpstreamError',
  'UpstreamAnswerInvalid',
  'UpstreamUnreachable',
  'UpstreamThrottled',
  'UpstreamTimeout',
];

/**
 * What API Gateway answers itself, by status: to a route that needs authorization, or (`open`) to any (Amazon API Gateway
 * developer guide: HTTP APIs, authorizers, throttling, integration errors).
 */
export const gatewayResponses = {
  401: { open: false, description: 'the token is missing or not valid (only where callers bring a JWT).' },
  403: { open: false, description: 'the signature is missing or wrong, or the caller is not allowed to call this.' },
  429: { open: true, description: 'more requests than the API takes; wait some seconds.' },
  500: { open: true, description: 'the function of this route failed.' },
  503: { open: true, description: 'the function of this route did not answer in time, or none was free.' },
} as const;

/** Headers of answers. */
export const headers = {
  'X-Request-Id': {
    description: 'The id of the request: the caller’s own where it sent a proper one. It finds the request in the log.',
    required: true,
    schema: { type: 'string', pattern: '^[A-Za-z0-9_.-]{1,64}$' },
  },
  Location: {
    description: 'The resource that changes.',
    required: true,
    schema: { type: 'string', format: 'uri-reference', examples: ['/global-datastores/ldgnf-orders'] },
  },
  'Retry-After': {
    description: 'Seconds to wait before the next request.',
    required: true,
    schema: { type: 'integer', minimum: 0, examples: [15] },
  },
  ETag: {
    description: 'The entity tag of the datastore as it is now: strong (RFC 9110 §8.8.3).',
    required: true,
    schema: { type: 'string', pattern: '^"[A-Za-z0-9_-]+"$', examples: ['"VXy3mJ0Zb9wPqk2n8rTfQeYhL1s"'] },
  },
  'Preference-Applied': {
    description: 'How long the answer would have waited, where the request preferred it to wait (RFC 7240).',
    schema: { type: 'string', pattern: '^wait=[0-9]+$', examples: ['wait=10'] },
  },
  'Idempotency-Replayed': {
    description: 'That nothing was done: this is the answer that the first request with the Idempotency-Key got.',
    schema: { type: 'string', const: 'true' },
  },
  'Idempotency-Status': {
    description:
      'That the Idempotency-Key was not heeded, since the table of records did not answer: only a failover goes on then.',
    schema: { type: 'string', const: 'unprotected' },
  },
  Link: {
    description: 'The next page, `rel="next"` (RFC 8288); none on the last page.',
    schema: { type: 'string', examples: ['</global-datastores?Marker=ldgnf-orders>; rel="next"'] },
  },
  'Link-Monitor': {
    description: 'The operation that carries it out, `rel="monitor"` (RFC 8288); none where AWS does so by itself.',
    schema: { type: 'string', examples: ['</operations/ldgnf-orders_5e1c0f6a9b7d2348>; rel="monitor"'] },
  },
  Accept: {
    description: 'The media type that a body should have.',
    required: true,
    schema: { type: 'string', const: 'application/json' },
  },
} as const;

/** Parameters that every route takes. */
export const commonParameters = {
  'X-Request-Id': {
    name: 'X-Request-Id',
    in: 'header',
    description: 'An id of the caller’s own for the request; anything that does not match is ignored.',
    schema: headers['X-Request-Id'].schema,
  },
} as const;

/** How callers prove who they are; which of the two is decided at deployment. */
export const securitySchemes = {
  sigV4: {
    type: 'apiKey',
    name: 'Authorization',
    in: 'header',
    description: 'AWS Signature Version 4 over the request, for the service `execute-api` (the default).',
    'x-amazon-apigateway-authtype': 'awsSigv4',
  },
  jwt: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'A token of the issuer that the API was deployed for (`--param auth=jwt`).',
  },
} as const;
