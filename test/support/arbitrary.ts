import fc from 'fast-check';
import type { JSONSchema } from 'json-schema-to-ts';

/** The keywords of a schema that `arbitraryOf` reads. */
interface Rules {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: JSONSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, JSONSchema>>;
  readonly required?: readonly string[];
  readonly not?: unknown;
}

/** Returns an arbitrary of values whose members match the schema one by one. Rules about several members are ignored. */
export function arbitraryOf(schema: JSONSchema, regions: readonly string[]): fc.Arbitrary<unknown> {
  const { type, properties = {}, required = [], items = {}, ...rules } = schema as Rules;
  if (rules.const !== undefined) return fc.constant(rules.const);
  if (rules.enum) return fc.constantFrom(...rules.enum);
  if (rules.format === 'aws-region') return fc.constantFrom(...regions);
  if (type === 'boolean') return fc.boolean();
  if (type === 'integer') return fc.integer({ min: rules.minimum ?? 0, max: rules.maximum ?? 1000 });
  if (type === 'string') return text(rules);
  if (type === 'array') {
    const length = { minLength: rules.minItems ?? 0, maxLength: Math.min(rules.maxItems ?? 3, 3) };
    return fc.array(arbitraryOf(items, regions), length);
  }
  const possible = Object.entries(properties).filter(([, member]) => !(member as Rules).not);
  const members = possible.map(([name, member]) => [name, arbitraryOf(member, regions)] as const);
  return fc.record(Object.fromEntries(members), { requiredKeys: [...required], noNullPrototype: true });
}

function text({ pattern, minLength = 0, maxLength = 40 }: Rules): fc.Arbitrary<string> {
  const most = Math.max(minLength, Math.min(maxLength, 40));
  if (!pattern) return fc.string({ minLength, maxLength: most });
  const readable = pattern
    .replace('|[^\\x00-\uFFFF]', '') // fast-check generates no characters beyond U+FFFF from this
    .replace(/[*+]\$$/, `{${minLength},${Math.max(minLength, Math.floor(most / 2) - 1)}}$`); // makes most lengths valid
  return fc
    .stringMatching(new RegExp(readable, 'u'))
    .filter((found) => found.length >= minLength && found.length <= maxLength);
}
