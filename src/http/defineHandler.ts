import type { ApiRequest, ApiResponse } from '../schemas/apiRequest.ts';
import type { Route } from '../schemas/route.ts';
import { ownership } from './middleware/ownership.ts';
import { pagination } from './middleware/pagination.ts';
import { createPipeline, type LambdaHandler, toLambdaHandler } from './pipeline.ts';

/** Handles a request. It may throw any error and does not need to catch. */
export type RouteHandler<R extends Route> = (request: ApiRequest<R>) => Promise<ApiResponse<R>>;

/**
 * Creates the Lambda handler of a contract that reads. The pipeline parses and validates the request, converts errors to
 * problem+json, adds common headers and writes the request log.
 */
export function defineHandler<const R extends Route>(contract: R, handle: RouteHandler<R>): LambdaHandler {
  const pipeline = createPipeline(contract);
  if (contract.query?.properties.Marker) pipeline.use(pagination(contract));
  if (globalThis.POLICY_HAS_OWNERS !== false) pipeline.use(ownership(contract));
  return toLambdaHandler(pipeline, ({ apiRequest }) => handle(apiRequest as ApiRequest<R>));
}
