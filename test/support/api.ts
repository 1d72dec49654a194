import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { afterAll } from 'vitest';
import type { EmulatorOptions } from '../../emulator/server.ts';
import type { Route } from '../../src/route.ts';
import { keepsContract } from './contract.ts';
import { startEmulator } from './emulator.ts';
import type { FaultProxy } from './proxy.ts';
import type { Relay } from './relay.ts';
import { startTable } from './table.ts';

/** What a test may say of a request; the rest is as an HTTP API sends it. */
export interface RequestOptions {
  body?: unknown;
  headers?: Record<string, string>;
  /** The body as it is, in place of `body` as JSON. */
  raw?: string;
  isBase64Encoded?: boolean;
  /** The ARN of the IAM identity that calls; nobody in particular unless given. */
  caller?: string;
  /** How long the function has left, in milliseconds. */
  remainingMs?: number;
}

/** An answer as a caller sees it; the body is read as JSON where there is one. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: ReturnType<typeof JSON.parse>;
}

type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

export interface ApiOptions extends EmulatorOptions {
  /** The regions of the API, its own first. */
  regions?: string[];
  /** What stands between the API and the emulator, if anything. */
  proxy?: FaultProxy;
  /** What stands between the API and the table, if anything. */
  relay?: Relay;
  /** More of the environment that `config.ts` reads. */
  environment?: Record<string, string>;
}

/**
 * The handlers with an emulator behind them, called as API Gateway calls them. The environment is set before the first
 * handler is loaded, since `config.ts` reads it once: one call per test file.
 */
export async function startApi(options: ApiOptions = {}) {
  const {
    regions = ['us-east-1', 'eu-west-1', 'ap-southeast-2'],
    proxy,
    relay,
    environment,
    ...emulatorOptions
  } = options;
  const emulator = await startEmulator(emulatorOptions);
  const table = await startTable();
  if (proxy) afterAll(() => void proxy.close());
  if (relay) afterAll(relay.close);
  Object.assign(process.env, {
    AWS_REGION: regions[0],
    REGIONS: regions.join(','),
    AWS_ENDPOINT_URL_ELASTICACHE: proxy ? await proxy.listen(emulator.url) : emulator.url,
    AWS_ENDPOINT_URL_DYNAMODB: relay ? await relay.listen(table.url) : table.url,
    ...table.environment,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    POWERTOOLS_LOG_LEVEL: process.env.POWERTOOLS_LOG_LEVEL ?? 'SILENT',
    ...environment,
  });
  const { config } = await import('../../src/config.ts');
  if (config.elasticacheEndpoint !== process.env.AWS_ENDPOINT_URL_ELASTICACHE) {
    throw new Error('config.ts was read before startApi: take `routes` from here, import handlers as types only.');
  }
  const { routes }: { routes: Readonly<Record<string, Route>> } = await import('../../src/routes.ts');

  async function call(request: string, options: RequestOptions = {}): Promise<Reply> {
    const [method = '', target = ''] = request.split(' ');
    const [rawPath = '', rawQueryString = ''] = target.split('?');
    const serving = method === 'HEAD' ? 'GET' : method;
    const [name, path] = Object.entries(routes)
      .map(([name, route]) => [name, route.path, route.method] as const)
      .find(([, path, served]) => served === serving && template(path).test(rawPath)) ?? ['notFound', '$default'];
    const { handler } = (await import(`../../src/handlers/${name}.ts`)) as { handler: Handler };
    const query = new URLSearchParams(rawQueryString);
    const body = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));

    const result = await handler(
      {
        version: '2.0',
        routeKey: name === 'notFound' ? '$default' : `${method} ${path}`,
        rawPath,
        rawQueryString,
        headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...options.headers },
        ...(rawQueryString && {
          queryStringParameters: Object.fromEntries([...query.keys()].map((key) => [key, query.getAll(key).join(',')])),
        }),
        ...(path.includes('{') && { pathParameters: decoded(rawPath.match(template(path))?.groups) }),
        requestContext: {
          accountId: '123456789012',
          apiId: 'api',
          domainName: 'api.test',
          domainPrefix: 'api',
          http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
          requestId: randomUUID(),
          routeKey: `${method} ${path}`,
          stage: '$default',
          time: '01/Jan/2026:00:00:00 +0000',
          timeEpoch: 0,
          ...(options.caller && { authorizer: { iam: { userArn: options.caller } } }),
        },
        body,
        isBase64Encoded: options.isBase64Encoded ?? false,
      },
      contextWith(options.remainingMs ?? 29_000),
    );
    const { statusCode: status = 0, body: text = '' } = result;
    const headers = result.headers as Record<string, string>;
    keepsContract(method, rawPath, { status, headers, text });
    return { status, headers, body: text && JSON.parse(text) };
  }

  return { call, emulator, routes, table };
}

const template = (path: string) => new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);

/** Path parameters as API Gateway gives them. */
function decoded(groups: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodable(value)]));
}

function decodable(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function contextWith(remainingMs: number): Context {
  const end = Date.now() + remainingMs;
  return {
    awsRequestId: randomUUID(),
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'test',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:test',
    logGroupName: 'test',
    logStreamName: 'test',
    memoryLimitInMB: '512',
    getRemainingTimeInMillis: () => end - Date.now(),
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}
