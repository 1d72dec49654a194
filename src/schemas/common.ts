import type { JSONSchema } from 'json-schema-to-ts';

/**
 * Text of the characters that XML 1.0 can carry. ElastiCache answers in XML and changes or drops all other characters. The
 * negated class matches the characters beyond U+FFFF: no escape for those is common to all regular expression engines.
 */
export const text = '^(?:[\\t\\n\\r\\x20-\uD7FF\uE000-\uFFFD]|[^\\x00-\uFFFF])*$';

/** Of the ElastiCache API reference, CreateReplicationGroup: what a replication group may be called. */
export const replicationGroupId = {
  type: 'string',
  minLength: 1,
  maxLength: 40,
  pattern: '^[A-Za-z](?:-?[A-Za-z0-9])*$',
  description:
    'Name of a replication group: 1 to 40 letters, digits and hyphens; starts with a letter, no hyphen at the end, no two in a row. ElastiCache stores it in lower case.',
  examples: ['orders-use1'],
} as const;

/** No rule is published for a suffix: the rule for replication group ids is taken over (UNV). */
export const globalReplicationGroupIdSuffix = {
  ...replicationGroupId,
  description:
    'Name of the datastore, to which AWS adds a prefix of five letters and a hyphen: 1 to 40 letters, digits and hyphens; starts with a letter, no hyphen at the end, no two in a row.',
  examples: ['orders'],
} as const;

/** Looser than the rule for a new suffix, so that any datastore can be read; the longest seen has 37 characters. */
export const globalReplicationGroupId = {
  type: 'string',
  minLength: 1,
  maxLength: 255,
  pattern: '^[A-Za-z][A-Za-z0-9-]*$',
  description: 'Id of a datastore as AWS made it: a prefix of five letters, a hyphen, the suffix.',
  examples: ['ldgnf-orders'],
} as const;

/** The id of an operation: the name of an execution of the durable function (AWS Lambda API reference). */
export const operationId = {
  type: 'string',
  minLength: 1,
  maxLength: 64,
  pattern: '^[A-Za-z0-9_-]+$',
  description: 'Id of an operation: the id of its datastore, `_`, and 16 hexadecimal digits.',
  examples: ['ldgnf-orders_5e1c0f6a9b7d2348'],
} as const;

/** One of the regions this API is configured for. */
export const region = {
  type: 'string',
  maxLength: 32,
  format: 'aws-region',
  description: 'An AWS region that this API is configured for.',
  examples: ['us-east-1'],
} as const;

/** ElastiCache publishes no limit for descriptions; this one is ours (UNV). */
export const description = {
  type: 'string',
  maxLength: 1000,
  pattern: text,
  description: 'Free text of up to 1000 characters, without control characters.',
  examples: ['Orders, readable in Europe'],
} as const;

/** What a problem's `code` looks like. */
export const problemCode = {
  type: 'string',
  minLength: 1,
  maxLength: 64,
  pattern: '^[A-Za-z]+$',
  description: 'The code of a problem.',
  examples: ['InvalidGlobalReplicationGroupStateFault'],
} as const;

/**
 * Query parameters of a list. DescribeReplicationGroups publishes the limits 20 and 100; for
 * DescribeGlobalReplicationGroups AWS publishes none and the same are taken (UNV).
 */
export const paging = {
  MaxRecords: {
    type: 'integer',
    minimum: 20,
    maximum: 100,
    description: 'The most entries on a page, 20 to 100; 100 when left out.',
    examples: [20],
  },
  Marker: {
    type: 'string',
    minLength: 1,
    maxLength: 4096,
    pattern: text,
    description: 'Where the page begins: the Marker of the page before.',
  },
} as const;

/** The schema of an object with these members, all optional and no others: what AWS answers. */
export const shape = <const P extends Readonly<Record<string, JSONSchema>>>(properties: P) =>
  ({ type: 'object', properties, additionalProperties: false }) as const;

/** The schema of a list. */
export const listOf = <const S extends JSONSchema>(items: S) => ({ type: 'array', items }) as const;

export const string = { type: 'string' } as const;
export const boolean = { type: 'boolean' } as const;
export const integer = { type: 'integer' } as const;
export const dateTime = { type: 'string', format: 'date-time' } as const;
