import { LambdaClient } from '@aws-sdk/client-lambda';
import { config } from '../config.ts';
import { Problem } from '../problems/problem.ts';
import { sdkDefaults } from './sdkDefaults.ts';

let cachedLambda: LambdaClient | undefined;

/** Returns the client of AWS Lambda in the region of the API, which runs the durable function. It is created at first use. */
export function lambda(): LambdaClient {
  cachedLambda ??= new LambdaClient({
    region: config.region,
    endpoint: config.lambdaEndpoint,
    maxAttempts: 3,
    ...sdkDefaults,
    requestHandler: {
      connectionTimeout: config.connectMs,
      requestTimeout: config.attemptMs,
      throwOnRequestTimeout: true,
      socketTimeout: config.attemptMs,
    },
  });
  return cachedLambda;
}

/** Converts an error of the durable engine to a problem. Its cause is for the log only. */
export function toEngineProblem(error: unknown): Problem {
  const { name, message, $metadata } = error as Error & { $metadata?: { requestId?: string } };
  const upstream = { service: 'Lambda', region: config.region, code: name, requestId: $metadata?.requestId };
  return new Problem('OperationsUnavailable', message, { upstream, cause: error });
}
