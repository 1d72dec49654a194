import { expectTypeOf, it } from 'vitest';
import { defineHandler, type RouteHandler } from '../../src/http/defineHandler.ts';
import { acceptedDatastore, ok } from '../../src/http/responses.ts';
import type { ApiRequest, ApiResponse } from '../../src/schemas/apiRequest.ts';
import { failoverRequest } from '../../src/schemas/failoverGlobalDatastore.ts';
import { globalDatastoreAnswer } from '../../src/schemas/globalDatastore.ts';
import { listQuery } from '../../src/schemas/listGlobalDatastores.ts';
import type { Route } from '../../src/schemas/route.ts';

// Only the compiler checks this file; it never runs. An expected error that compiles fails the test.

const route = {
  method: 'POST',
  path: '/global-datastores/{GlobalReplicationGroupId}/failover',
  subject: 'datastore',
  tag: 'Global datastores',
  summary: 'A route to make mistakes with',
  awsActions: [],
  query: listQuery,
  body: failoverRequest,
  responses: { 202: globalDatastoreAnswer },
} as const satisfies Route;

type Ours = typeof route;
declare const request: ApiRequest<Ours>;
const group = { GlobalReplicationGroupId: 'ldgnf-orders', Status: 'modifying' };
const GlobalReplicationGroup = group;

it('a handler that keeps to its route compiles', () => {
  defineHandler(route, async ({ path, body }) => acceptedDatastore({ ...path, Status: body.PrimaryRegion }));
  expectTypeOf({ status: 202 as const, body: { GlobalReplicationGroup } }).toExtend<ApiResponse<Ours>>();
  expectTypeOf(request.path).toEqualTypeOf<{ readonly GlobalReplicationGroupId: string }>();
  expectTypeOf(request.query.MaxRecords).toEqualTypeOf<number | undefined>();
  expectTypeOf(request.query.ShowMemberInfo).toEqualTypeOf<boolean | undefined>();
  expectTypeOf(request.body.PrimaryRegion).toEqualTypeOf<string>();
  expectTypeOf(request.body.PrimaryReplicationGroupId).toEqualTypeOf<string | undefined>();
});

it('a wrong status does not compile', () => {
  // @ts-expect-error the route responds with 202
  const response: ApiResponse<Ours> = { status: 200, body: { GlobalReplicationGroup } };
  // @ts-expect-error ok responds with 200
  const handle: RouteHandler<Ours> = async () => ok({ GlobalReplicationGroup });
  return [response, handle];
});

it('an unknown path parameter does not compile', () => {
  // @ts-expect-error the path has no such parameter
  const unknown = request.path.ReplicationGroupId;
  // @ts-expect-error a parameter needs a schema
  const withoutSchema = (request: ApiRequest<Ours & { path: '/{Unheard}' }>) => request.path.Unheard;
  return [unknown, withoutSchema];
});

it('an unknown member of the query does not compile', () => {
  // @ts-expect-error the query has no such member
  return request.query.maxRecords;
});

it('an unknown member of the body does not compile', () => {
  // @ts-expect-error the body has no such member
  return request.body.PrimaryReplicationGroupRegion;
});

it('an incomplete response does not compile', () => {
  const idOnly = { GlobalReplicationGroupId: 'x' };
  // @ts-expect-error no body
  const bodiless: ApiResponse<Ours> = { status: 202 };
  // @ts-expect-error an empty body
  const empty: ApiResponse<Ours> = { status: 202, body: {} };
  // @ts-expect-error a datastore without a status
  const partial: ApiResponse<Ours> = { status: 202, body: { GlobalReplicationGroup: idOnly } };
  // @ts-expect-error a datastore that may be undefined
  const absent: ApiResponse<Ours> = { status: 202, body: { GlobalReplicationGroup: {} as typeof group | undefined } };
  return [bodiless, empty, partial, absent];
});

it('a wrong response does not compile', () => {
  // @ts-expect-error a member that no schema has
  const extra: ApiResponse<Ours> = { status: 202, body: { GlobalReplicationGroup, Extra: 1 } };
  // @ts-expect-error a status that is a number
  const number: ApiResponse<Ours> = { status: 202, body: { GlobalReplicationGroup: { ...group, Status: 1 } } };
  return [extra, number];
});

it('the request of a route without a schema for its body has no body', () => {
  // @ts-expect-error the route takes no body
  return (request: ApiRequest<Omit<Ours, 'body'>>) => request.body.PrimaryRegion;
});
