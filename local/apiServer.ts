import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { SignInConfiguration } from '../console/src/signInConfiguration.ts';
import type { GatewayRequest, GatewayResponse } from './apiGateway/message.ts';
import { type OwnStatus, ownResponse } from './apiGateway/ownResponse.ts';
import { createPages } from './pages.ts';

export interface ApiServerOptions {
  /** Responds to a request as API Gateway does. */
  readonly gateway: (request: GatewayRequest) => Promise<GatewayResponse>;
  /** Returns the sign-in of the console. By default it has none. */
  readonly signIn?: () => Promise<SignInConfiguration>;
}

/** Creates the HTTP server of the API: pages for browsers, and all other requests through the gateway. */
export function createApiServer(options: ApiServerOptions): Server {
  const sendPage = createPages(options.signIn ?? (async () => ({ kind: 'none' })));
  const server = createServer({ maxHeaderSize: 1024 * 1024, requireHostHeader: false }, (incoming, response) => {
    if (sendPage(incoming, response)) return;
    respond(options, incoming, response).catch(() => response.destroy()); // the client has disconnected
  });
  server.on('connect', (_, socket) => rejectSocket(socket, 400));
  return server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code !== 'ECONNRESET') rejectSocket(socket, error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400);
  });
}

async function respond(
  { gateway }: ApiServerOptions,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const request = toRequest(incoming, await readBody(incoming));
  const tooLarge = findExcess(request);
  const response = tooLarge ? ownResponse(tooLarge, '-') : await gateway(request);
  send(outgoing, response, incoming.method);
}

/** The largest body, and the largest request line with all headers, in bytes. Source: "Quotas for HTTP APIs". */
const maxBodyBytes = 10 * 1024 * 1024;
const maxHeadBytes = 10_240;

/** Returns the status with which API Gateway rejects a request that is too large. */
function findExcess({ method, target, headers, body }: GatewayRequest): OwnStatus | undefined {
  if (body && body.length > maxBodyBytes) return 413;
  const head = headers.reduce((sum, [name, value]) => sum + name.length + value.length, method.length + target.length);
  return head > maxHeadBytes ? 431 : undefined;
}

/** Reads a body. Discards the rest of a body that is larger than API Gateway accepts. */
async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const { 'content-length': length, 'transfer-encoding': encoding } = incoming.headers;
  if (length === undefined && encoding === undefined) return Buffer.alloc(0);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    if (size <= maxBodyBytes) chunks.push(chunk);
    size += chunk.length;
  }
  return Buffer.concat(chunks);
}

function toRequest(
  { method = '', url: target = '', rawHeaders, socket }: IncomingMessage,
  body: Buffer,
): GatewayRequest {
  const headers = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ''] as const] : [],
  );
  return { method, target, headers, body, sourceIp: socket.remoteAddress ?? '127.0.0.1' };
}

function send(outgoing: ServerResponse, { status, headers, cookies, body }: GatewayResponse, method = 'GET'): void {
  const length = method === 'HEAD' || status === 204 || status === 304 ? {} : { 'content-length': body.length };
  outgoing.setHeaders(new Map(Object.entries({ ...headers, ...length }))); // the log line of the request reads them
  if (cookies.length > 0) outgoing.setHeader('set-cookie', cookies);
  outgoing.writeHead(status).end(body);
}

/** Responds to bytes that are no HTTP request. */
function rejectSocket(socket: Duplex, status: 400 | 431): void {
  if (!socket.writable) return;
  const { body } = ownResponse(status, '-');
  const head = [
    `HTTP/1.1 ${status} ${status === 400 ? 'Bad Request' : 'Request Header Fields Too Large'}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    'connection: close',
  ];
  socket.end(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]));
}
