import { LambdaClient } from '@aws-sdk/client-lambda';
import { config } from '../config.ts';
import { Problem } from '../problems/problem.ts';
import { sdkDefaults } from './sdkDefaults.ts';

let made: LambdaClient | undefined;

/** The client of AWS Lambda in the API's own region, where the durable runs are; made when it is asked for. */
export function lambda(): LambdaClient {
  made ??= new LambdaClient({
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
  return made;
}

/** Trouble with the durable engine as a problem; what it is, the log tells. To start a run and to read one can be tried again. */
export function engineProblem(error: unknown): Problem {
  const { name, message, $metadata } = error as Error & { $metadata?: { requestId?: string } };
  const upstream = { service: 'Lambda', region: config.region, code: name, requestId: $metadata?.requestId };
  return new Problem('OperationsUnavailable', message, { upstream, cause: error });
}
