import { openSchema } from './openSchema.ts';

/** A reference to a component of the document. */
export interface Ref {
  readonly $ref: string;
}

/** Returns a reference to a component. */
export const ref = (kind: string, name: string): Ref => ({ $ref: `#/components/${kind}/${name}` });

/**
 * Replaces each of `schemas`, known by identity, by a reference to the component of its name, at any depth. Collects those
 * components in `published`. Publish all requests before the first response: a schema that differs in responses, where it is
 * open, is then written in place.
 */
export function publisher(schemas: Readonly<Record<string, unknown>>) {
  const names = new Map(Object.entries(schemas).map(([name, schema]) => [schema, name]));
  const published: Record<string, object> = {};

  function publish<T>(value: T, isOpen: boolean): T {
    if (typeof value !== 'object' || value === null) return value;
    const content = copy(value, isOpen);
    const name = names.get(value);
    if (name === undefined) return content;
    published[name] ??= content;
    return JSON.stringify(published[name]) === JSON.stringify(content) ? (ref('schemas', name) as T) : content;
  }

  function copy<T extends object>(value: T, isOpen: boolean): T {
    if (Array.isArray(value)) return value.map((item) => publish(item, isOpen)) as unknown as T;
    if (isRefusal(value)) return { not: {} } as T;
    const shown = isOpen ? openSchema(value) : withoutRefusedMembers(value);
    return Object.fromEntries(Object.entries(shown).map(([key, inner]) => [key, publish(inner, isOpen)])) as T;
  }

  return {
    /** Publishes a part of a request as strict as its validator is. */
    publishRequest: <T>(value: T): T => publish(value, false),
    /** Publishes a part of a response so that it can grow. */
    publishResponse: <T>(value: T): T => publish(value, true),
    published,
  };
}

/** True for the schema of a member that is refused with a reason. The reason is a text for the validator's errors. */
const isRefusal = (value: object): boolean => 'not' in value && Object.keys(value.not as object).length === 0;

/** Leaves out the members that a closed object refuses with `not: {}`: nothing else is accepted anyway. */
function withoutRefusedMembers<T extends object>(value: T): T {
  if (!('additionalProperties' in value && 'properties' in value) || value.additionalProperties !== false) return value;
  const accepted = Object.entries(value.properties as object).filter(([, schema]) => !('not' in schema));
  return { ...value, properties: Object.fromEntries(accepted) };
}

/**
 * Replaces each value that occurs more than once by a reference to a component. Collects those components in `shared`.
 * Throws an Error when two of them have the same name.
 */
export function sharer<T extends object>(kind: string, all: readonly T[], nameOf: (value: T) => string) {
  const texts = all.map((value) => JSON.stringify(value));
  const repeated = new Set(texts.filter((text, index) => texts.indexOf(text) !== index));
  const shared: Record<string, T> = {};

  function share(value: T): T | Ref {
    const text = JSON.stringify(value);
    if (!repeated.has(text)) return value;
    const name = nameOf(value);
    shared[name] ??= value;
    if (JSON.stringify(shared[name]) !== text) throw new Error(`Two components of ${kind} have the name ${name}.`);
    return ref(kind, name);
  }

  return { share, shared };
}
