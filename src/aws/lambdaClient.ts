import { LambdaClient } from '@aws-sdk/client-lambda';
import { config } from '../config.ts';
import { redactSecrets } from '../lib/redactSecrets.ts';
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

/**
 * Converts an error of the durable engine to a problem. Its cause is for the log only. A text that repeats a password of `input` is
 * hidden. So is the message of a JSON parser: it quotes the response, which has the goal of an operation with its passwords.
 */
export function toEngineProblem(error: unknown, input: object = {}): Problem {
  const { $metadata } = error as Error & { $metadata?: { requestId?: string } };
  const cause = isParserError(error)
    ? new Error('The response is not valid JSON.')
    : redactSecrets(error as Error, input);
  const upstream = { service: 'Lambda', region: config.region, code: cause.name, requestId: $metadata?.requestId };
  return new Problem('OperationsUnavailable', cause.message, { upstream, cause });
}

const isParserError = (error: unknown): boolean => error instanceof Error && error.name === 'SyntaxError';
