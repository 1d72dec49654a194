import { LambdaClient } from '@aws-sdk/client-lambda';
import { config } from '../config.ts';
import { Problem } from '../problems/problem.ts';
import { clientByRegion } from './clientByRegion.ts';
import { sdkDefaults } from './sdkDefaults.ts';

/** Returns the client of AWS Lambda in a region of the API, which runs the durable function. */
export const lambda = clientByRegion(
  (region) =>
    new LambdaClient({
      region,
      endpoint: config.lambdaEndpoints[region] ?? config.lambdaEndpoint,
      maxAttempts: 3,
      ...sdkDefaults,
      requestHandler: {
        connectionTimeout: config.connectMs,
        requestTimeout: config.attemptMs,
        throwOnRequestTimeout: true,
        socketTimeout: config.attemptMs,
      },
    }),
);

type LambdaError = Error & { readonly $metadata?: { readonly requestId?: string; readonly httpStatusCode?: number } };

/**
 * Converts an error of the durable engine to a problem. Its cause is for the log only. The message of a JSON parser is hidden: it
 * quotes the response, which has the goal of an operation. An earlier release has stored goals with passwords.
 */
export function toEngineProblem(error: unknown, region: string): Problem {
  const { $metadata } = error as LambdaError;
  const cause = isParserError(error) ? unreadableResponse() : (error as Error);
  const upstream = { service: 'Lambda', region, code: cause.name, requestId: $metadata?.requestId };
  return new Problem('OperationsUnavailable', cause.message, { upstream, cause });
}

const isParserError = (error: unknown): boolean => error instanceof Error && error.name === 'SyntaxError';

const unreadableResponse = (): LambdaError =>
  Object.assign(new Error('The response is not valid JSON.'), { $metadata: { httpStatusCode: 200 } });

/** Returns whether a region sent no response, or one with a status from 500. */
export function isUnanswered({ code, cause }: Problem): boolean {
  const { httpStatusCode = 500 } = (cause as LambdaError | undefined)?.$metadata ?? {};
  return code === 'OperationsUnavailable' && httpStatusCode >= 500;
}
