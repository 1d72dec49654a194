import { type Route, schemasOf } from '../../src/schemas/route.ts';
import { exampleOf } from '../../tools/openapi/exampleFromSchema.ts';

/** A request as tests send it. */
export interface RouteRequest {
  readonly request: string;
  readonly body?: object;
}

/** Returns the smallest valid request for a contract, from examples of its schemas. `parameters` replace those of the path. */
export function exampleRequest(route: Route, parameters: Readonly<Record<string, string>> = {}): RouteRequest {
  const { path, query, body } = schemasOf(route);
  const names = { ...(exampleOf(path) as Record<string, string>), ...parameters };
  const filled = route.path.replace(/\{(\w+)\}/g, (_, name) => String(names[name]));
  const queryString = String(new URLSearchParams(exampleOf(query) as Record<string, string>));
  const request = `${route.method} ${filled}${queryString && `?${queryString}`}`;
  return { request, ...(body && { body: exampleOf(body) as object }) };
}
