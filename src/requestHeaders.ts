import type { Code } from './faults.ts';

const entityTags = { type: 'string', pattern: '^(\\*|(W/)?"[^"]*"(\\s*,\\s*(W/)?"[^"]*")*)$' } as const;

/** Every request header that a route may heed, and the codes that come with it. */
export const requestHeaders = {
  'If-Match': {
    description:
      'Entity tags as ETag gave them: the change is made only while the datastore has one of them, else 412. AWS has no version to check against, so another change may slip in between.',
    schema: { ...entityTags, examples: ['"VXy3mJ0Zb9wPqk2n8rTfQeYhL1s"'] },
    refuses: ['PreconditionFailed'],
  },
  'If-None-Match': {
    description: 'Entity tags as ETag gave them: while the datastore has one of them, the answer is 304 and empty.',
    schema: { ...entityTags, examples: ['"VXy3mJ0Zb9wPqk2n8rTfQeYhL1s"'] },
    refuses: [],
  },
  Prefer: {
    description:
      'With wait=N the answer waits until the datastore rests, N seconds at most and never more than 25 (RFC 7240). Other preferences are ignored.',
    schema: { type: 'string', examples: ['wait=10'] },
    refuses: [],
  },
} as const satisfies Record<string, RequestHeader>;

interface RequestHeader {
  readonly description: string;
  readonly schema: { readonly type: 'string'; readonly [keyword: string]: unknown };
  readonly refuses: readonly Code[];
}

/** A request header that a route may heed. */
export type RequestHeaderName = keyof typeof requestHeaders;
