import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { recordInitEnd } from '../observability/initDuration.ts';
import { requestContext, startRequestContext } from '../observability/requestContext.ts';
import { logRequest } from '../observability/requestLog.ts';
import { parseTraceparent } from '../observability/traceContext.ts';
import type { AnyResponse } from '../schemas/apiRequest.ts';
import type { Route } from '../schemas/route.ts';
import { validatorsOf } from '../schemas/validators.ts';
import { normalizeEvent } from './eventNormalizer.ts';
import { apiRequest, clearDeadline } from './middleware/apiRequest.ts';
import { conditionalGet } from './middleware/conditionalGet.ts';
import { contentNegotiation } from './middleware/contentNegotiation.ts';
import { errorHandler } from './middleware/errorHandler.ts';
import { jsonBodyParser } from './middleware/jsonBodyParser.ts';
import type { PipelineContext } from './middleware/pipelineRequest.ts';
import { responseSerializer } from './middleware/responseSerializer.ts';
import { validator } from './middleware/validator.ts';
import { addCommonHeaders } from './responseHeaders.ts';

type Result = APIGatewayProxyStructuredResultV2;

/** A handler as AWS Lambda calls it. */
export type LambdaHandler = (event: APIGatewayProxyEventV2, context: Context) => Promise<Result>;

/**
 * Returns a pipeline as AWS Lambda calls it. `handle` receives the context with the members that the middlewares have added. It is a
 * new object for each request.
 */
export function toLambdaHandler(
  pipeline: ReturnType<typeof createPipeline>,
  handle: (context: PipelineContext) => Promise<AnyResponse>,
): LambdaHandler {
  const handler = pipeline.handler(async (_event: APIGatewayProxyEventV2, context) => handle(context));
  return async (event, context) => (await handler(event, Object.create(context))) as Result; // responseSerializer has converted it
}

/** Creates the pipeline that every contract has. */
export function createPipeline(contract: Route) {
  const pipeline = createBasePipeline(contract).use(responseSerializer());
  if (contract.body) pipeline.use(jsonBodyParser());
  if (contract.method === 'GET') pipeline.use(conditionalGet());
  return pipeline.use(validator(contract, validatorsOf(contract))).use(apiRequest(contract));
}

/** Creates the pipeline without a contract: errors to problem+json, `Accept`, common headers and the request log. */
export function createBasePipeline({ deprecated }: Pick<Route, 'deprecated'> = {}) {
  recordInitEnd(); // a function creates its pipeline last
  const startedAt = new WeakMap<APIGatewayProxyEventV2, number>();
  return middy<APIGatewayProxyEventV2, AnyResponse | Result, Error, PipelineContext>({
    timeoutEarlyInMillis: 0, // the deadline of the request comes earlier, in time for a response
    requestStart: (request) => {
      startRequestContext();
      normalizeEvent(request);
      requestContext().trace = parseTraceparent((request.event as APIGatewayProxyEventV2).headers.traceparent);
      startedAt.set(request.event as APIGatewayProxyEventV2, Date.now());
    },
    requestEnd: (request) => {
      clearDeadline(request);
      addCommonHeaders(request, deprecated);
      logRequest(request, startedAt.get(request.event as APIGatewayProxyEventV2) ?? Date.now());
    },
  })
    .use(errorHandler())
    .use(contentNegotiation());
}
