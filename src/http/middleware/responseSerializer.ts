import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { AnyResponse } from '../../schemas/apiRequest.ts';
import type { PipelineRequest } from './pipelineRequest.ts';

/** Serializes a response as JSON, after all other middlewares have handled it. */
export const responseSerializer = () => ({
  after: function serialize(request: PipelineRequest): void {
    request.response = serializeResponse(request.response as AnyResponse);
  },
});

/**
 * Returns a response in the format of API Gateway. A middleware that responds early calls it, because middy then skips `after`.
 */
export const serializeResponse = ({ status, headers, body }: AnyResponse): APIGatewayProxyStructuredResultV2 => ({
  statusCode: status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});
