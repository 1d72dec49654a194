/**
 * Returns a schema that also accepts what later versions of the API may add: more members, more values, other combinations.
 * Changes one level only. The schemas in `src/schemas` stay closed, and tests hold every response against those.
 */
export function openSchema<T extends object>(schema: T): T {
  const { additionalProperties, oneOf: _, enum: values, const: value, ...open } = schema as Closed;
  const known = values ?? (value === undefined ? undefined : [value]);
  return {
    ...open,
    ...(additionalProperties !== undefined && additionalProperties !== false && { additionalProperties }),
    ...(known && { description: describe(open.description, known), 'x-known-values': known }),
  } as T;
}

interface Closed {
  readonly additionalProperties?: unknown;
  readonly oneOf?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly description?: string;
  readonly [keyword: string]: unknown;
}

/** A longer list would hide the description. */
const MOST_DESCRIBED = 12;

function describe(description: string | undefined, values: readonly unknown[]): string {
  const listed = values.length > MOST_DESCRIBED ? 'listed in x-known-values' : values.join(', ');
  return `${description ?? ''} Known values: ${listed}.`.trim();
}
