import type { JSONSchema } from 'json-schema-to-ts';
import type { ObjectSchema } from '../../src/schemas/route.ts';

/** Returns the smallest value that a schema accepts, from its `examples`. */
export function exampleOf(schema: JSONSchema): unknown {
  const { type = '', examples, enum: values, properties = {}, items, ...rules } = schema as Hints;
  const given = [examples?.[0], rules.const, values?.[0]].find((value) => value !== undefined);
  if (given !== undefined) return given;
  if (type === 'array') return items === undefined ? [] : [exampleOf(items)];
  if (type === 'object') {
    const needed = [...(rules.required ?? []), ...(rules.anyOf?.[0]?.required ?? [])];
    return Object.fromEntries(needed.map((name) => [name, exampleOf(properties[name] ?? {})]));
  }
  return { integer: rules.minimum ?? 1, boolean: true, string: 'text' }[type];
}

/** The keywords of a schema that an example needs. */
interface Hints {
  readonly type?: string;
  readonly properties?: ObjectSchema['properties'];
  readonly required?: readonly string[];
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly items?: JSONSchema;
  readonly anyOf?: readonly { readonly required?: readonly string[] }[];
}
