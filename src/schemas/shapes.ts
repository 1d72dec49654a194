import type { JSONSchema } from 'json-schema-to-ts';

/** The schema of an object with these members, all optional and no others: what AWS answers. */
export const shape = <const P extends Readonly<Record<string, JSONSchema>>>(properties: P) =>
  ({ type: 'object', properties, additionalProperties: false }) as const;

/** The schema of a list. */
export const listOf = <const S extends JSONSchema>(items: S) => ({ type: 'array', items }) as const;

export const string = { type: 'string' } as const;
export const boolean = { type: 'boolean' } as const;
export const integer = { type: 'integer' } as const;
export const dateTime = { type: 'string', format: 'date-time' } as const;
