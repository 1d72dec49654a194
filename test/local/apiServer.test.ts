import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, expect, it } from 'vitest';
import { createGateway } from '../../local/apiGateway/gateway.ts';
import { createApiServer } from '../../local/apiServer.ts';
import { listen } from '../../local/ports.ts';
import { routes } from '../../src/schemas/routes.ts';

/** An API whose functions respond with the method and the length of the body. */
const gateway = createGateway({
  routes,
  invoke: async (_, { requestContext: { http }, body = '', isBase64Encoded }) => ({
    statusCode: 200,
    headers: { 'content-type': 'application/json', 'x-method': http.method },
    cookies: ['a=1', 'b=2'],
    body: JSON.stringify({ bytes: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8').length }),
  }),
});
const server = createApiServer({ gateway });
const url = await listen(server);
afterAll(() => server.close().closeAllConnections());

/** Sends bytes on a connection of its own. Returns the bytes of the response. */
function sendBytes(bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname, () => socket.write(bytes));
  return text(socket);
}

const bodyOf = (status: number, message: string) => ({ status, body: { message } });

it('sends the body, the headers and the cookies of a function', async () => {
  const response = await fetch(`${url}/global-datastores`, { method: 'POST', body: Buffer.alloc(70_000) });

  expect([response.status, await response.json()]).toEqual([200, { bytes: 70_000 }]);
  expect(response.headers.get('x-method')).toBe('POST');
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
});

it('sends all of a response, although the client requests a range', async () => {
  const response = await fetch(`${url}/health`, { headers: { range: 'bytes=0-0' } });

  expect([response.status, await response.text()]).toEqual([200, '{"bytes":0}']);
});

it('does not compress', async () => {
  const response = await fetch(`${url}/health`, { headers: { 'accept-encoding': 'gzip, br' } });

  expect(response.headers.get('content-encoding')).toBeNull();
});

it.each([
  [413, 'Request Entity Too Large', { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1) }],
  [431, 'Request Header Fields Too Large', { headers: { 'x-long': 'a'.repeat(10_240) } }],
])('responds %s as API Gateway does to a request that is too large', async (status, message, init) => {
  const response = await fetch(`${url}/global-datastores`, init);

  expect({ status: response.status, body: await response.json() }).toEqual(bodyOf(status, message));
});

it.each([
  ['bytes that are no HTTP', 'hello\r\n\r\n', 400],
  ['a method that is none', 'get / HTTP/1.1\r\nhost: localhost\r\n\r\n', 400],
  ['CONNECT', 'CONNECT localhost:1 HTTP/1.1\r\nhost: localhost\r\n\r\n', 400],
  ['a header without an end', `GET / HTTP/1.1\r\nx: ${'a'.repeat(1_100_000)}\r\n\r\n`, 431],
])('responds with JSON to %s', async (_, bytes, status) => {
  const [head = '', body = ''] = (await sendBytes(bytes)).split('\r\n\r\n');

  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} [\\s\\S]*content-type: application/json`));
  expect(JSON.parse(body)).toEqual({ message: expect.any(String) });
});
