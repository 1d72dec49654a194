import type { ApiRequest, ApiResponse } from '../schemas/apiRequest.ts';
import type { Route } from '../schemas/route.ts';
import { ownership } from './middleware/ownership.ts';
import { pagination } from './middleware/pagination.ts';
import { createPipeline, type LambdaHandler, toLambdaHandler } from './pipeline.ts';

/** Handles a request. It may throw any error and does not need to catch. */
export type RouteHandler<R extends Route> = (request: ApiRequest<R>) => Promise<ApiResponse<R>>;

type Middleware = Parameters<ReturnType<typeof createPipeline>['use']>[0];

/**
 * Creates the Lambda handler of a contract that reads. The pipeline parses and validates the request, converts errors to
 * problem+json, adds common headers and writes the request log. `middlewares` are those that only some reads need.
 */
export function defineHandler<const R extends Route>(
  contract: R,
  handle: RouteHandler<R>,
  middlewares: readonly Middleware[] = [],
): LambdaHandler {
  const pipeline = createPipeline(contract);
  if (contract.query?.properties.Marker) pipeline.use(pagination(contract));
  for (const middleware of middlewares) pipeline.use(middleware);
  if (globalThis.POLICY_HAS_OWNERS !== false) pipeline.use(ownership(contract));
  return toLambdaHandler(pipeline, ({ apiRequest }) => handle(apiRequest as ApiRequest<R>));
}
