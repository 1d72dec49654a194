import { request } from 'node:http';
import { afterAll, describe, expect, it } from 'vitest';
import { createEmulator } from '../../emulator/server.ts';
import { createGateway } from '../../local/apiGateway/gateway.ts';
import { createApiServer } from '../../local/apiServer.ts';
import { startDynamoDB } from '../../local/dynamoDb.ts';
import { createDurableApi } from '../../local/lambdaDurableApi.ts';
import { listen } from '../../local/ports.ts';
import { routes } from '../../src/schemas/routes.ts';

/** The names of the functions that requests reached. */
const calls: string[] = [];
const invoke = async (name: string) => {
  calls.push(name);
  return { statusCode: 200, body: '{}' };
};
const emulator = createEmulator();
const api = createApiServer({ gateway: createGateway({ routes, invoke }) });
const durable = createDurableApi({ functions: {} });
const dynamoDb = await startDynamoDB();
const emulatorUrl = await listen(emulator);
const apiUrl = await listen(api, 0, { hasPages: true });
const durableUrl = await listen(durable);
afterAll(() => {
  for (const server of [emulator, api, durable]) server.close().closeAllConnections();
  dynamoDb.close();
});

/** Every port that `npm start` opens, with a changing request. */
const ports: [string, string, string, string][] = [
  ['the API', apiUrl, 'DELETE', '/global-datastores/ldgnf-orders'],
  ['the emulator', emulatorUrl, 'POST', '/'],
  ['the control endpoints of the emulator', emulatorUrl, 'POST', '/_emulator/reset'],
  ['DynamoDB', dynamoDb.url, 'POST', '/'],
  ['the engine of operations', durableUrl, 'POST', '/2015-03-31/functions/a/invocations?Qualifier=durable'],
];

interface PageResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Sends a request with any headers: `fetch` sets the headers of a browser itself. */
function send(url: string, method: string, path: string, headers: Record<string, string>): Promise<PageResponse> {
  return new Promise((resolve, reject) => {
    const clientRequest = request(url + path, { method, headers }, async (response) => {
      const chunks = await response.toArray();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() });
    });
    clientRequest.once('error', reject).end();
  });
}

const site = 'https://page.example';

describe.each(ports)('%s', (_, url, method, path) => {
  const { port } = new URL(url);

  it.each<[string, string, Record<string, string>]>([
    ['a preflight', 'OPTIONS', { origin: site, 'access-control-request-method': method }],
    ['a form', 'POST', { origin: site, 'content-type': 'application/x-www-form-urlencoded' }],
    ['a simple request', 'POST', { origin: site, 'content-type': 'text/plain' }],
    ['a request', method, { origin: site }],
    ['a frame without an origin', method, { origin: 'null' }],
    ['a page on another local port', method, { origin: 'http://localhost:5173' }],
    ['a page on the same port over TLS', method, { origin: `https://localhost:${port}` }],
    ['a picture', 'GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
    ['a picture of another local port', 'GET', { 'sec-fetch-site': 'same-site' }],
    ['DNS rebinding', method, { host: `page.example:${port}` }],
    [
      'DNS rebinding with its own origin',
      method,
      { host: `page.example:${port}`, origin: `http://page.example:${port}` },
    ],
    ['a name that ends like ours', method, { host: `localhost.page.example:${port}` }],
    ['the name of another port', method, { host: 'localhost:1' }],
    ['the name without the port', method, { host: 'localhost' }],
    ['an empty name', method, { host: ' ' }],
  ])('refuses %s of a page', async (_, sent, headers) => {
    calls.length = 0;

    const response = await send(url, sent, path, headers);

    expect(response.status).toBe(403);
    expect(response.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(response.text)).toMatchObject({ status: 403, detail: expect.stringMatching(/\.|\)$/) });
    expect(Object.keys(response.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    expect(calls).toEqual([]);
  });

  it.each<[string, Record<string, string>]>([
    ['a program', {}],
    ['a program that calls localhost', { host: `localhost:${port}` }],
    ['a program over IPv6', { host: `[::1]:${port}` }],
    ['an address typed into a browser', { 'sec-fetch-site': 'none' }],
  ])('serves %s', async (_, headers) => {
    const response = await send(url, method, path, headers);

    expect(response.headers['content-type']).not.toBe('application/problem+json');
    expect(Object.keys(response.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});

it('serves the own pages of the API', async () => {
  const headers = { origin: apiUrl, 'sec-fetch-site': 'same-origin' };

  expect((await send(apiUrl, 'DELETE', '/global-datastores/ldgnf-orders', headers)).status).toBe(200);
});

it('refuses pages of its own origin on ports without pages', async () => {
  for (const [, url, method, path] of ports.filter(([name]) => name !== 'the API'))
    expect((await send(url, method, path, { origin: url })).status).toBe(403);
});
