/** Leads to what stands once in the components. */
export interface Ref {
  readonly $ref: string;
}

/** A reference to a component. */
export const ref = (kind: string, name: string): Ref => ({ $ref: `#/components/${kind}/${name}` });

/**
 * Replaces each of `schemas`, known by identity, by a reference to the component of its name, however deep it stands; the
 * components that came up so are in `published`. A member that its object refuses with `not: {}` is left out: the object is
 * closed, so nothing else is accepted.
 */
export function publisher(schemas: Readonly<Record<string, unknown>>) {
  const names = new Map(Object.entries(schemas).map(([name, schema]) => [schema, name]));
  const published: Record<string, object> = {};

  function publish<T>(value: T): T {
    if (typeof value !== 'object' || value === null) return value;
    const name = names.get(value);
    if (name === undefined) return copy(value);
    if (!published[name]) published[name] = copy(value);
    return ref('schemas', name) as T;
  }

  function copy<T extends object>(value: T): T {
    if (Array.isArray(value)) return value.map(publish) as unknown as T;
    const closed = 'additionalProperties' in value && value.additionalProperties === false;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        publish(closed && key === 'properties' ? withoutRefused(inner) : inner),
      ]),
    ) as T;
  }

  return { publish, published };
}

const withoutRefused = (properties: Readonly<Record<string, object>>) =>
  Object.fromEntries(Object.entries(properties).filter(([, schema]) => !('not' in schema)));

/**
 * The operations with each response that stands in several of them replaced by a reference to a component of its name; the
 * components that came up so are in `responses`.
 */
export function repeatedOnce<R extends object, O extends { readonly responses: Readonly<Record<string, R | Ref>> }>(
  operations: readonly O[],
  nameOf: (status: string, response: R) => string,
) {
  const texts = operations.flatMap(({ responses }) => Object.values(responses).map((value) => JSON.stringify(value)));
  const several = new Set(texts.filter((text, index) => texts.indexOf(text) !== index));
  const responses: Record<string, R> = {};

  const once = (operation: O): O => ({
    ...operation,
    responses: Object.fromEntries(
      Object.entries(operation.responses as Readonly<Record<string, R>>).map(([status, response]) => {
        if (!several.has(JSON.stringify(response))) return [status, response];
        const name = nameOf(status, response);
        responses[name] = response;
        return [status, ref('responses', name)];
      }),
    ),
  });
  return { operations: operations.map(once), responses };
}
