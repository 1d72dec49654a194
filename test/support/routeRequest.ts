import { type Route, schemasOf } from '../../src/schemas/route.ts';
import { exampleOf } from '../../tools/openapi/exampleFromSchema.ts';

/** Returns the path parameters of a datastore that `datastores(emulator).make(name)` makes, and of its primary. */
const parametersOf = (name: string, region: string): Readonly<Record<string, string>> => ({
  GlobalReplicationGroupId: `ldgnf-${name}`,
  OperationId: `ldgnf-${name}_0123456789abcdef`,
  Region: region,
  ReplicationGroupRegion: region,
  ReplicationGroupId: `${name}-${region}`,
});

/** A request as tests send it. */
export interface RouteRequest {
  readonly request: string;
  readonly body?: object;
}

/**
 * Returns a valid request for a contract, about the datastore `name` with its primary in `region`. The body is the smallest one
 * that the examples of the schema give.
 */
export function requestFor(contract: Route, name: string, region = 'us-east-1'): RouteRequest {
  const parameters = parametersOf(name, region);
  const examples = exampleOf(schemasOf(contract).path) as Record<string, string>;
  const path = contract.path.replace(/\{(\w+)\}/g, (_, key: string) => parameters[key] ?? examples[key] ?? '');
  const body = contract.body && (exampleOf(contract.body) as object);
  return { request: `${contract.method} ${path}`, ...(body && { body }) };
}

/** Returns whether a contract takes `?DryRun=true`. */
export const hasDryRun = ({ query }: Route): boolean => query?.properties.DryRun !== undefined;

/** Returns the contracts that fulfil a condition, by their names. */
export const contractsThat = (
  routes: Readonly<Record<string, Route>>,
  condition: (contract: Route) => boolean,
): [string, Route][] => Object.entries(routes).filter(([, contract]) => condition(contract));
