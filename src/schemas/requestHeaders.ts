// Pruned at build time by build/plugins/schemaPruning.ts.
import type { Code } from '../problems/problemTypes.ts';

const entityTags = { type: 'string', pattern: '^(\\*|(W/)?"[^"]*"([\\t ]*,[\\t ]*(W/)?"[^"]*")*)$' } as const;

/** The request headers that routes can support, and the problem codes of each. */
export const requestHeaders = {
  'Idempotency-Key': {
    description:
      'A unique key for this change, preferably a UUID: 1 to 255 visible ASCII characters, plain or quoted (draft-ietf-httpapi-idempotency-key-header-07). If the same caller repeats the same request on the same route within 24 hours, the change is not made again. The response of the first request is returned with Idempotency-Replayed. 2xx responses and ChangeNotApplied are stored. After any other response the repeated request runs again. If the response of AWS was lost, the repeated request returns the response if the change was made, and makes the change only if nothing else has changed since.',
    schema: { type: 'string', minLength: 1, maxLength: 512, examples: ['8e03978e-40d5-43dd-bc93-6894a57f9324'] },
    problems: ['IdempotencyKeyReused', 'IdempotencyKeyInProgress', 'IdempotencyStoreUnavailable'],
  },
  'If-Match': {
    description:
      'Entity tags from ETag. The change is made only if the datastore has one of them. Otherwise the status is 412. AWS has no version check, so a concurrent change can happen between the check and the change.',
    schema: { ...entityTags, examples: ['"VXy3mJ0Zb9wPqk2n8rTfQeYhL1s"'] },
    problems: ['PreconditionFailed'],
  },
  'If-None-Match': {
    description:
      'Entity tags from ETag. If the resource has one of them, the status is 304 and the response has no body. With Prefer: wait=N that response comes only after N seconds in which the resource has kept the tag.',
    schema: { ...entityTags, examples: ['"VXy3mJ0Zb9wPqk2n8rTfQeYhL1s"'] },
    problems: [],
  },
  Prefer: {
    description:
      'With wait=N the response waits up to N seconds, at most 25, until no change is in progress (RFC 7240). The API reads the resource every few seconds. If the change has then ended in another state than the requested one, the response is ChangeNotApplied. Other preferences are ignored.',
    schema: { type: 'string', minLength: 1, examples: ['wait=10'] },
    problems: [],
  },
} as const satisfies Record<string, RequestHeader>;

interface RequestHeader {
  readonly description: string;
  readonly schema: { readonly type: 'string'; readonly [keyword: string]: unknown };
  readonly problems: readonly Code[];
}

/** The name of a request header that a route can support. */
export type RequestHeaderName = keyof typeof requestHeaders;
