import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { afterAll } from 'vitest';
import type { EmulatorOptions } from '../../emulator/server.ts';
import type { GatewayResponse } from '../../local/apiGateway/message.ts';
import { ownResponse } from '../../local/apiGateway/ownResponse.ts';
import { toResponse } from '../../local/apiGateway/result.ts';
import type { Route } from '../../src/schemas/route.ts';
import { assertMatchesContract } from './contract.ts';
import { startEmulator } from './emulator.ts';
import { contextWith, findEvent, type RequestOptions } from './event.ts';
import type { FaultProxy } from './proxy.ts';
import type { Relay } from './relay.ts';
import { startTable } from './table.ts';

export type { RequestOptions } from './event.ts';

/** A response as a caller receives it. `body` is parsed JSON, or an empty string. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: ReturnType<typeof JSON.parse>;
}

type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

export interface ApiOptions extends EmulatorOptions {
  /** The regions of the API, its own first. */
  regions?: string[];
  /** The proxy between the API and the emulator, if any. */
  proxy?: FaultProxy;
  /** The proxies between the API and single regions of the emulator. */
  proxies?: Readonly<Record<string, FaultProxy>>;
  /** The relay between the API and the table, if any. */
  relay?: Relay;
  /** Further environment variables for the API. They replace those that `startApi` sets. */
  environment?: Record<string, string>;
}

/**
 * Starts an emulator and a table, and loads the handlers. `call` invokes a handler as API Gateway does. `config.ts` reads the
 * environment once, so a test file calls `startApi` once, or calls `vi.resetModules` before the next time.
 */
export async function startApi(options: ApiOptions = {}) {
  const {
    regions = ['us-east-1', 'eu-west-1', 'ap-southeast-2'],
    proxy,
    proxies = {},
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
    AWS_ENDPOINT_URL_SECRETS_MANAGER: emulator.url,
    AWS_ENDPOINT_URL_CLOUDWATCH: emulator.url,
    LAG_CACHE_MS: '0',
    AWS_ENDPOINT_URL_DYNAMODB: relay ? await relay.listen(table.url) : table.url,
    ...table.environment,
    AWS_ENDPOINT_URL_LAMBDA: 'http://127.0.0.1:9', // no server listens; a test with the durable engine replaces it
    ...(await endpoints(proxies, emulator.url)),
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    LOG: process.env.LOG ?? 'off',
    ...environment,
  });
  const { config } = await import('../../src/config.ts');
  if (config.elasticacheEndpoint !== process.env.AWS_ENDPOINT_URL_ELASTICACHE) {
    throw new Error('config.ts was read before startApi: take `routes` from here, import handlers as types only.');
  }
  const { routes }: { routes: Readonly<Record<string, Route>> } = await import('../../src/schemas/routes.ts');
  const handlers = new Map<string, Handler>();
  for (const name of [...Object.keys(routes), 'notFound']) {
    const { handler } = (await import(`../../src/handlers/${name}.ts`)) as { handler: Handler };
    handlers.set(name, handler);
  }

  async function call(request: string, options: RequestOptions = {}): Promise<Reply> {
    const routed = findEvent(request, options, routes);
    if (typeof routed === 'number') return toReply(ownResponse(routed, 'own'));
    const { name, method, event } = routed;
    const handler = handlers.get(name) as Handler;
    const result = await handler(event, contextWith(options.remainingMs ?? 29_000));
    const response = toResponse(result, method, event.requestContext.requestId);
    const { status, headers } = response;
    assertMatchesContract(method, event.rawPath, { status, headers, text: Buffer.from(response.body).toString() });
    return toReply(response);
  }

  return { call, emulator, routes, table };
}

function toReply({ status, headers, body }: GatewayResponse): Reply {
  const text = Buffer.from(body).toString();
  return { status, headers: { ...headers }, body: text && JSON.parse(text) };
}

/** Starts the proxies of single regions. Returns the environment variables with their URLs. */
async function endpoints(
  proxies: Readonly<Record<string, FaultProxy>>,
  target: string,
): Promise<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const [region, proxy] of Object.entries(proxies)) {
    afterAll(() => void proxy.close());
    variables[`AWS_ENDPOINT_URL_ELASTICACHE_${region.toUpperCase().replaceAll('-', '_')}`] = await proxy.listen(target);
  }
  return variables;
}
