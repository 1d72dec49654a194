import { config } from '../../src/config.ts';
import type { Code } from '../../src/problems/problemTypes.ts';
import type { Route } from '../../src/schemas/route.ts';

/** The description of the whole API. */
export const description = `Self-service API for Amazon ElastiCache Global Datastores with Valkey and Redis OSS. Create a datastore from an existing
replication group, add members in other regions, fail over, scale, and detach members without data loss.

**Names** are the names of AWS in bodies and in query strings; see the
[ElastiCache API reference](https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/Welcome.html).

**A change** returns 202 when AWS has accepted it. AWS continues the change for minutes. Read the resource at \`Location\` until
its \`Status\` is stable, no more often than \`Retry-After\` says.

**An operation** makes all changes that bring a datastore to its desired members. A datastore has at most one operation at a
time. \`Link\` refers to it with \`rel="monitor"\`. An operation that ends reports the actual state and an instruction for the
caller.

**A refusal or a failure** is an \`application/problem+json\` (RFC 9457). Programs use its \`code\`. Its \`errors\` refer to each
invalid place in the request. Its \`type\` is the URL of an explanation. The text of ElastiCache is passed on unchanged.

**Responses can grow.** Ignore members that you do not know. Handle values that you do not know, of \`code\`, \`Status\` or any other
text, like an unspecific one. \`x-known-values\` lists the values of this version. Requests are closed: unknown members are
refused.

**API Gateway** creates some responses itself, before or instead of this API. Their body is \`{"message": …}\` of type
\`application/json\`, and they have \`apigw-requestid\` in place of \`X-Request-Id\`.

Every GET route supports HEAD. An unknown path returns 404 (\`RouteNotFound\`). An unknown method of a path returns 405
(\`MethodNotAllowed\`, with \`Allow\`). The maximum size of a body is ${config.maxBodyBytes / 1024} KiB.`;

export const license = { name: 'Apache License 2.0', identifier: 'Apache-2.0' } as const;

/** The groups of routes. */
export const tags: readonly { readonly name: Route['tag']; readonly description: string }[] = [
  { name: 'Global datastores', description: 'Datastores and their members.' },
  { name: 'Operations', description: 'Long-running operations that bring a datastore to its desired members.' },
  { name: 'Evacuations', description: 'The move of primaries out of a region that is lost.' },
  {
    name: 'Replication groups',
    description: 'The replication groups of each region, which become members of datastores.',
  },
  { name: 'This API', description: 'The health, the contract and the problem types of this API.' },
];

/** The description of the status 202. */
export const accepted =
  'AWS accepted the change and continues it. Read the resource at Location until its Status is stable.';

/** The description of the status 304. */
export const notModified = 'The resource has one of the entity tags in If-None-Match. There is no body.';

/** The codes of failures of AWS and of the connection to it, for each route that calls AWS. */
export const upstreamCodes: readonly Code[] = [
  'UpstreamAccessDenied',
  'UpstreamError',
  'UpstreamAnswerInvalid',
  'UpstreamUnreachable',
  'UpstreamThrottled',
  'UpstreamTimeout',
];

/**
 * The responses of API Gateway itself, by status: of routes that need authorization, or (`open`) of all routes. Source: Amazon
 * API Gateway developer guide (HTTP APIs, authorizers, throttling, integration errors).
 */
export const gatewayResponses = {
  401: { open: false, description: 'the token is missing or invalid (only if the API uses JWT).' },
  403: {
    open: false,
    description: 'the signature is missing or invalid, or the caller has no permission for this route.',
  },
  429: { open: true, description: 'the request rate is too high; wait some seconds.' },
  500: { open: true, description: 'the function of this route failed.' },
  503: {
    open: true,
    description: 'the function of this route did not respond in time, or its concurrency limit is reached.',
  },
} as const;

/** The headers of responses. */
export const headers = {
  'X-Request-Id': {
    description: 'The id of the request in the log. It is the id that the caller sent, if that id is valid.',
    required: true,
    schema: { type: 'string', pattern: '^[A-Za-z0-9_.-]{1,64}$' },
  },
  traceparent: {
    description:
      'The span of this request in the trace of the caller. Left out if the request has no valid traceparent.',
    schema: { type: 'string', pattern: '^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$' },
  },
  Location: {
    description: 'The URL of the resource that changes.',
    required: true,
    schema: { type: 'string', format: 'uri-reference', examples: ['/global-datastores/ldgnf-orders'] },
  },
  'Retry-After': {
    description: 'The number of seconds to wait before the next request.',
    required: true,
    schema: { type: 'integer', minimum: 0, examples: [15] },
  },
  ETag: {
    description: 'The strong entity tag of the current state of the datastore or operation (RFC 9110 §8.8.3).',
    required: true,
    schema: { type: 'string', pattern: '^"[A-Za-z0-9_-]+"$', examples: ['"VXy3mJ0Zb9wPqk2n8rTfQeYhL1s"'] },
  },
  'Preference-Applied': {
    description: 'The maximum wait that was applied, if the request preferred a wait (RFC 7240).',
    schema: { type: 'string', pattern: '^wait=[0-9]+$', examples: ['wait=10'] },
  },
  'Idempotency-Replayed': {
    description:
      'Present if this is the stored response of the first request with the Idempotency-Key. Nothing was changed.',
    schema: { type: 'string', const: 'true' },
  },
  'Idempotency-Status': {
    description:
      'Present if the Idempotency-Key was not applied because the table of records did not respond. Only a failover continues in this case.',
    schema: { type: 'string', const: 'unprotected' },
  },
  'Audit-Status': {
    description:
      'Present if the table of records did not take the audit entry of the change. The entry is in the log of the API.',
    schema: { type: 'string', const: 'lost' },
  },
  Link: {
    description: 'The next page with `rel="next"` (RFC 8288). Left out on the last page.',
    schema: { type: 'string', examples: ['</global-datastores?Marker=ldgnf-orders>; rel="next"'] },
  },
  'Link-Monitor': {
    description:
      'The operation that makes the change with `rel="monitor"` (RFC 8288). Left out if no operation is needed.',
    schema: { type: 'string', examples: ['</operations/ldgnf-orders_5e1c0f6a9b7d2348>; rel="monitor"'] },
  },
  Accept: {
    description: 'The required media type of a body.',
    required: true,
    schema: { type: 'string', const: 'application/json' },
  },
} as const;

/** The parameters of every route. */
export const commonParameters = {
  'X-Request-Id': {
    name: 'X-Request-Id',
    in: 'header',
    description: 'The id that the caller assigns to the request. An id that does not match the pattern is ignored.',
    schema: headers['X-Request-Id'].schema,
  },
  traceparent: {
    name: 'traceparent',
    in: 'header',
    description: 'The trace of the caller (W3C Trace Context). A malformed one is ignored.',
    schema: { type: 'string', examples: ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'] },
  },
} as const;

/** The ways to authenticate. The deployment selects one of the two. */
export const securitySchemes = {
  sigV4: {
    type: 'apiKey',
    name: 'Authorization',
    in: 'header',
    description: 'AWS Signature Version 4 of the request for the service `execute-api` (the default).',
    'x-amazon-apigateway-authtype': 'awsSigv4',
  },
  jwt: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'A token of the issuer that the API is deployed for (`--param auth=jwt`).',
  },
} as const;
