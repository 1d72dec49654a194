import type { Request } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { ChangeRecord } from '../../idempotency/changeRecord.ts';
import type { AnyRequest, AnyResponse } from '../../schemas/apiRequest.ts';

/** A request of AWS Lambda in the middlewares. The outermost `after` serializes `response`. */
export type PipelineRequest = Request<
  APIGatewayProxyEventV2,
  AnyResponse | APIGatewayProxyStructuredResultV2,
  Error,
  PipelineContext
>;

/** The Lambda context with what middlewares add for the handler and for each other. */
export interface PipelineContext extends Context {
  /** The typed request, added by `apiRequest`. */
  apiRequest: AnyRequest;
  /** The record of a change, added by `changeRecord` unless it is a dry run. */
  changeRecord?: ChangeRecord;
}

/** Returns whether a request is for the checks and the plan of a change only. */
export const isDryRun = ({ query }: AnyRequest): boolean => query.DryRun === true;
