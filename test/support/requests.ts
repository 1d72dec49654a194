import type { Route } from '../../src/route.ts';
import { parameters } from '../../src/schemas/parameters.ts';

interface Schema {
  readonly type?: string;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly { readonly required?: readonly string[] }[];
}

/** A request that matches the schemas of a route, made of their examples: what is required and no more. */
export function exampleRequest(route: Route): { request: string; body?: unknown } {
  const path = route.path.replace(/\{(\w+)\}/g, (_, name) => `${example(parameters[name as keyof typeof parameters])}`);
  return { request: `${route.method} ${path}`, ...(route.body && { body: example(route.body as Schema) }) };
}

function example(schema: Schema): unknown {
  const { examples, properties = {}, required = [], anyOf } = schema;
  const [shown = schema.const ?? schema.enum?.[0]] = examples ?? [];
  if (shown !== undefined || schema.type !== 'object') return shown;
  const names = [...required, ...(anyOf?.[0]?.required ?? [])];
  return Object.fromEntries(names.map((name) => [name, example(properties[name] ?? {})]));
}
