// Pruned at build time by build/plugins/schemaPruning.ts.
import type { Code } from '../problems/problemTypes.ts';

const entityTags = { type: 'string', pattern: '^(\\*|(W/)?"[^"]*"([\\t ]*,[\\t ]*(W/)?"[^"]*")*)$' } as const;

/** Every request header that a route may heed, and the codes that come with it. */
export const requestHeaders = {
  'Idempotency-Key': {
    description:
      'A key of the caller’s choice for this one change, best a UUID: 1 to 255 visible ASCII characters, bare or as "…" (draft-ietf-httpapi-idempotency-key-header-07). Sent again within 24 hours, the same request of the same caller on the same route is not made again: it gets the answer of the first, with Idempotency-Replayed. Kept are 2xx and final refusals; what failed or was refused for the moment runs again. An answer that was lost is made up for.',
    schema: { type: 'string', minLength: 1, maxLength: 512, examples: ['8e03978e-40d5-43dd-bc93-6894a57f9324'] },
    problems: ['IdempotencyKeyReused', 'IdempotencyKeyInProgress', 'IdempotencyStoreUnavailable'],
  },
  'If-Match': {
    description:
      'Entity tags as ETag gave them: the change is made only while the datastore has one of them, else 412. AWS has no version to check against, so another change may slip in between.',
    schema: { ...entityTags, examples: ['"VXy3mJ0Zb9wPqk2n8rTfQeYhL1s"'] },
    problems: ['PreconditionFailed'],
  },
  'If-None-Match': {
    description: 'Entity tags as ETag gave them: while the datastore has one of them, the answer is 304 and empty.',
    schema: { ...entityTags, examples: ['"VXy3mJ0Zb9wPqk2n8rTfQeYhL1s"'] },
    problems: [],
  },
  Prefer: {
    description:
      'With wait=N the answer waits until nothing is under way, N seconds at most and never more than 25 (RFC 7240). Other preferences are ignored.',
    schema: { type: 'string', examples: ['wait=10'] },
    problems: [],
  },
} as const satisfies Record<string, RequestHeader>;

interface RequestHeader {
  readonly description: string;
  readonly schema: { readonly type: 'string'; readonly [keyword: string]: unknown };
  readonly problems: readonly Code[];
}

/** A request header that a route may heed. */
export type RequestHeaderName = keyof typeof requestHeaders;
