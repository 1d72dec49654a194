import type { Route } from '../../src/schemas/route.ts';
import { exampleRequest, type RouteRequest } from './requests.ts';

/** Returns the path parameters of a datastore that `datastores(emulator).make(name)` creates, and of its primary. */
const parametersOf = (name: string, region: string): Readonly<Record<string, string>> => ({
  GlobalReplicationGroupId: `ldgnf-${name}`,
  OperationId: `ldgnf-${name}_0123456789abcdef`,
  Region: region,
  ReplicationGroupRegion: region,
  ReplicationGroupId: `${name}-${region}`,
});

/** Returns the smallest valid request for a contract, about the datastore `name` with its primary in `region`. */
export const requestFor = (contract: Route, name: string, region = 'us-east-1'): RouteRequest =>
  exampleRequest(contract, parametersOf(name, region));

/** Returns whether a contract takes `?DryRun=true`. */
export const hasDryRun = ({ query }: Route): boolean => query?.properties.DryRun !== undefined;

/** Returns the contracts that fulfil a condition, by their names. */
export const contractsThat = (
  routes: Readonly<Record<string, Route>>,
  condition: (contract: Route) => boolean,
): [string, Route][] => Object.entries(routes).filter(([, contract]) => condition(contract));
