import { type Route, schemasOf } from '../../src/schemas/route.ts';
import { exampleOf } from '../../tools/openapi/exampleFromSchema.ts';

/** A request that matches the schemas of a route, made of their examples: what is required and no more. */
export function exampleRequest(route: Route): { request: string; body?: unknown } {
  const { path, query, body } = schemasOf(route);
  const names = exampleOf(path) as Record<string, string>;
  const filled = route.path.replace(/\{(\w+)\}/g, (_, name) => String(names[name]));
  const asked = String(new URLSearchParams(exampleOf(query) as Record<string, string>));
  const request = `${route.method} ${filled}${asked && `?${asked}`}`;
  return { request, ...(body && { body: exampleOf(body) }) };
}
