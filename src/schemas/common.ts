import type { JSONSchema } from 'json-schema-to-ts';

/**
 * Text of the characters that XML 1.0 can carry. ElastiCache responds in XML and changes or drops all other characters. The
 * negated class matches the characters beyond U+FFFF: no escape for those is common to all regular expression engines.
 */
export const text = '^(?:[\\t\\n\\r\\x20-\uD7FF\uE000-\uFFFD]|[^\\x00-\uFFFF])*$';

/** The rule of `text` in words. */
export const textRule = 'No control characters except tab and line breaks.';

/** The id of a replication group (ElastiCache API reference, CreateReplicationGroup). */
export const replicationGroupId = {
  type: 'string',
  minLength: 1,
  maxLength: 40,
  pattern: '^[A-Za-z](?:-?[A-Za-z0-9])*$',
  description:
    'The id of a replication group: 1 to 40 letters, digits and hyphens. It starts with a letter, does not end with a hyphen and has no two hyphens in a row. ElastiCache stores it in lower case.',
  examples: ['orders-use1'],
} as const;

/** The suffix of a datastore's id. AWS publishes no rule for it. unverified: the rule for replication group ids applies. */
export const globalReplicationGroupIdSuffix = {
  ...replicationGroupId,
  description:
    'The name of the datastore: 1 to 40 letters, digits and hyphens. It starts with a letter, does not end with a hyphen and has no two hyphens in a row. AWS adds a prefix of five letters and a hyphen.',
  examples: ['orders'],
} as const;

/** The id of a datastore. Looser than the rule for a new suffix, so that any datastore can be read. The longest id seen has 37 characters. */
export const globalReplicationGroupId = {
  type: 'string',
  minLength: 1,
  maxLength: 255,
  pattern: '^[A-Za-z][A-Za-z0-9-]*$',
  description: 'The id of a datastore from AWS: a prefix of five letters, a hyphen and the suffix.',
  examples: ['ldgnf-orders'],
} as const;

/** The id of an operation: the name of an execution of the durable function (AWS Lambda API reference). */
export const operationId = {
  type: 'string',
  minLength: 1,
  maxLength: 64,
  pattern: '^[A-Za-z0-9_-]+$',
  description: 'The id of an operation: the id of its datastore, `_` and 16 hexadecimal digits.',
  examples: ['ldgnf-orders_5e1c0f6a9b7d2348'],
} as const;

/** The id of an evacuation, which is also the name of an execution of the durable function. No id of an operation begins like it. */
export const evacuationId = {
  type: 'string',
  minLength: 1,
  maxLength: 64,
  pattern: '^evacuation-[a-z0-9-]+-[0-9a-f]{16}$',
  description: 'The id of an evacuation: `evacuation-`, the region, a hyphen and 16 hexadecimal digits.',
  examples: ['evacuation-eu-west-1-5e1c0f6a9b7d2348'],
} as const;

/** One of the regions that this API is configured for. */
export const region = {
  type: 'string',
  maxLength: 32,
  format: 'aws-region',
  description: 'An AWS region that this API is configured for.',
  examples: ['us-east-1'],
} as const;

/** A description. ElastiCache publishes no limit. unverified: 1000 characters, a limit of this API. */
export const description = {
  type: 'string',
  maxLength: 1000,
  pattern: text,
  description: 'Free text of up to 1000 characters without control characters.',
  examples: ['Orders, readable in Europe'],
} as const;

/** The `code` of a problem. */
export const problemCode = {
  type: 'string',
  minLength: 1,
  maxLength: 64,
  pattern: '^[A-Za-z]+$',
  description: 'The code of a problem.',
  examples: ['InvalidGlobalReplicationGroupStateFault'],
} as const;

/**
 * The query parameters of a list. AWS publishes the limits 20 and 100 for DescribeReplicationGroups, and no limits for
 * DescribeGlobalReplicationGroups. unverified: the same limits apply. A Marker must fit into the 10,240 bytes that an HTTP API
 * takes for the request line and all headers. unverified: a marker of AWS has at most 6,000 bytes.
 */
export const paging = {
  MaxRecords: {
    type: 'integer',
    minimum: 20,
    maximum: 100,
    description: 'The maximum number of entries on a page: 20 to 100. Default: 100.',
    examples: [20],
  },
  Marker: {
    type: 'string',
    maxLength: 8192,
    pattern: '^[A-Za-z0-9_-]+$',
    description: 'The start of the page: the Marker of the previous page.',
  },
} as const;

/** The filter of a list by the beginning of a name. The description of each list has its names and `namePrefixRule`. */
export const namePrefix = {
  type: 'string',
  maxLength: 255,
  pattern: '^[A-Za-z][A-Za-z0-9-]*$',
  examples: ['orders'],
} as const;

/** The rule of `namePrefix` in words. */
export const namePrefixRule =
  'It has up to 255 letters, digits and hyphens and starts with a letter. Upper and lower case are the same.';

/** What may be missing from a list, by region. */
export const warnings = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      Region: { type: 'string', examples: ['eu-west-1'] },
      Detail: {
        type: 'string',
        description: 'What is missing and why.',
        examples: ['ElastiCache did not respond in time'],
      },
    },
    required: ['Region', 'Detail'],
    additionalProperties: false,
  },
} as const;

/** Creates the schema of an object with these members, all optional, and no others. */
export const shape = <const P extends Readonly<Record<string, JSONSchema>>>(properties: P) =>
  ({ type: 'object', properties, additionalProperties: false }) as const;

/** Creates the schema of a list. */
export const listOf = <const S extends JSONSchema>(items: S) => ({ type: 'array', items }) as const;

export const string = { type: 'string' } as const;
export const boolean = { type: 'boolean' } as const;
export const integer = { type: 'integer' } as const;
export const dateTime = { type: 'string', format: 'date-time' } as const;
