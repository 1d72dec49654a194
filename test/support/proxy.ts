import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';
import { parseArgs } from 'node:util';

/** A response of the target, or of the proxy itself. */
interface ProxyResponse {
  status: number;
  type: string;
  requestId: string;
  body: Buffer;
}

/** A call that the proxy received. */
interface Exchange {
  response: ServerResponse;
  /** Sends the call to the target and returns its response. The caller receives it only if the mode sends it. */
  forward(): Promise<ProxyResponse>;
}

/** The way in which the proxy handles a call. */
export type Mode = (exchange: Exchange) => void | Promise<void>;

/** The calls that a mode applies to, all by default. `times` is their number, 1 by default. */
interface CallFilter {
  action?: string;
  region?: string;
  /** A text in the body of the call, such as an id. */
  contains?: string;
  times?: number;
}

/** `pass`, and the failures of a network or a server. Modes without `forward` do not send the call to the target. */
export const modes = {
  pass: async ({ response, forward }) => send(response, await forward()),
  reset: ({ response }) => void response.socket?.resetAndDestroy(),
  close: ({ response }) => void response.socket?.end(),
  error500: ({ response }) => send(response, awsFault('InternalFailure', 500)),
  error503: ({ response }) => send(response, awsFault('ServiceUnavailable', 503)),

  /** Half of the body, with the `content-length` of the whole, then a reset. */
  cut: async ({ response, forward }) => {
    const { status, type, body } = await forward();
    response.writeHead(status, { 'content-type': type, 'content-length': body.length });
    response.write(body.subarray(0, body.length / 2), () => response.socket?.resetAndDestroy());
  },

  /** Half of the XML, with the `content-length` of that half. */
  truncated: async ({ response, forward }) => {
    const { body, ...rest } = await forward();
    send(response, { ...rest, body: body.subarray(0, body.length / 2) });
  },

  empty: ({ response }) => send(response, createResponse(200, 'text/xml', '')),
  otherOperation: ({ response }) => send(response, createResponse(200, 'text/xml', otherXml)),
  html200: ({ response }) => send(response, createResponse(200, 'text/html', html)),
  html404: ({ response }) => send(response, createResponse(404, 'text/html', html)),
  html500: ({ response }) => send(response, createResponse(500, 'text/html', html)),
  json: ({ response }) => send(response, createResponse(200, 'application/json', '{"GlobalReplicationGroups":[]}')),
  garbage: ({ response }) => send(response, createResponse(200, 'text/xml', '\ufffe\u0000<(')),

  redirect: ({ response }) => {
    response.setHeader('location', 'http://127.0.0.1:9/');
    send(response, createResponse(307, 'text/plain', ''));
  },

  /** No response. The connection stays open. */
  hang: () => {},

  /** The head of a response without its body. The connection stays open. */
  stall: ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.flushHeaders();
  },

  /** One byte every 20 ms without end, so that no idle timeout expires. */
  drip: ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/xml' });
    const dripping = setInterval(() => response.write(' '), 20);
    response.once('close', () => clearInterval(dripping));
  },

  /** The response of the target with a wrong media type. */
  wrongType: async ({ response, forward }) => send(response, { ...(await forward()), type: 'text/plain' }),

  /** 50 MiB of XML. `large` has a `content-length`, `largeWithoutLength` has none. */
  large: ({ response }) => sendLargeXml(response, { 'content-length': megabytes * megabyte.length }),
  largeWithoutLength: ({ response }) => sendLargeXml(response, {}),

  /** Nested XML entities, which expand to gigabytes of text. */
  bomb: ({ response }) => send(response, createResponse(200, 'text/xml', bomb)),
} satisfies Record<string, Mode>;

/** Returns a mode that sends the call to the target first. The change takes effect, and its response is lost. */
export const afterEffect =
  (mode: Mode): Mode =>
  async (exchange) => {
    await exchange.forward();
    await mode(exchange);
  };

/** Returns a mode that responds with an error of AWS. The emulator does not have to support its code. */
export const fault =
  (code: string, status: number, message?: string): Mode =>
  ({ response }) =>
    send(response, awsFault(code, status, message));

/** A call that the proxy has recorded. */
interface RecordedCall {
  action: string;
  region: string;
  body: string;
  /** The status of the response of the target, if the call was sent there. */
  status?: number;
}

const usage = `node test/support/proxy.ts [--target http://127.0.0.1:4599] [--listen 4600]

Forwards all calls to an ElastiCache endpoint, and injects faults into planned calls:
  curl localhost:4600/_proxy                                  shows the planned faults
  curl localhost:4600/_proxy -d '{"mode":"reset"}'            fails the next call
  curl localhost:4600/_proxy -d '{"mode":"hang","region":"us-east-1","times":99}'
  curl localhost:4600/_proxy -d '{"mode":"reset","afterEffect":true,"action":"CreateGlobalReplicationGroup"}'
  curl localhost:4600/_proxy -d '{"fault":"Throttling","status":400}'
  curl -X DELETE localhost:4600/_proxy                        removes all planned faults
Modes: `;

/** Creates a proxy that forwards calls to an ElastiCache endpoint and injects network and server failures. */
export function createProxy() {
  const planned: { mode: Mode; name?: string; which: CallFilter; left: number }[] = [];
  const calls: RecordedCall[] = [];
  const parameters: Record<string, string>[] = [];
  const random = createRandom();
  let randomFaults: { share: number; modes: readonly Mode[] } = { share: 0, modes: [] };
  let target = '';
  let port = 0;

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    if (request.url === '/_proxy') return send(response, handleControlRequest(request.method, body));

    const { authorization = '', 'content-type': type = '' } = request.headers;
    const action = new URLSearchParams(body).get('Action') ?? '';
    const call: RecordedCall = { action, region: authorization.split('/')[2] ?? '', body };
    calls.push(call);
    parameters.push(Object.fromEntries(new URLSearchParams(body)));
    await modeFor(call)({
      response,
      async forward() {
        const result = await fetch(target, { method: 'POST', headers: { authorization, 'content-type': type }, body });
        call.status = result.status;
        return {
          status: result.status,
          type: result.headers.get('content-type') ?? '',
          requestId: result.headers.get('x-amzn-requestid') ?? '',
          body: Buffer.from(await result.arrayBuffer()),
        };
      },
    });
  }

  function modeFor(call: RecordedCall): Mode {
    const plan = planned.find(({ which, left }) => left > 0 && matches(call, which));
    if (!plan)
      return (
        (random() < randomFaults.share && randomFaults.modes[Math.floor(random() * randomFaults.modes.length)]) ||
        modes.pass
      );
    plan.left--;
    return plan.mode;
  }

  function inject(mode: Mode, which: CallFilter = {}, name?: string): void {
    planned.push({ mode, which, left: which.times ?? 1, ...(name && { name }) });
  }

  function handleControlRequest(method: string | undefined, body: string): ProxyResponse {
    if (method === 'DELETE') planned.splice(0);
    if (method !== 'POST') return createResponse(200, 'application/json', `${JSON.stringify(planned)}\n`);
    const {
      mode = '',
      fault: code,
      status = 400,
      afterEffect: isAfterEffect,
      ...which
    } = JSON.parse(body) as ControlRequest;
    const selected = code ? fault(code, status) : Object.hasOwn(modes, mode) && modes[mode as keyof typeof modes];
    if (!selected) return createResponse(400, 'text/plain', `${usage}${Object.keys(modes).join(' ')}\n`);
    inject(isAfterEffect ? afterEffect(selected) : selected, which, code ?? mode);
    return createResponse(200, 'application/json', `${JSON.stringify(planned)}\n`);
  }

  return {
    /** Starts the proxy in front of a server. Returns the URL of the proxy. */
    async listen(to: string, at = 0): Promise<string> {
      target = to;
      await once(server.listen(at, '127.0.0.1'), 'listening');
      ({ port } = server.address() as AddressInfo);
      return `http://127.0.0.1:${port}`;
    },

    /** Plans a mode for the next matching calls. The oldest plan that matches a call applies. */
    inject,

    /** Applies one of these modes to this share of the calls without a plan. The choice is the same in each run. */
    injectRandomly(share: number, modes: readonly Mode[]): void {
      randomFaults = { share, modes };
    },

    /** Removes all plans and the modes of `injectRandomly`. */
    clear(): void {
      planned.splice(0);
      randomFaults = { share: 0, modes: [] };
    },

    /** Returns the actions of the calls since the previous use of `takeActions`, including failed calls. */
    takeActions: () => calls.splice(0).map(({ action }) => action),

    /** Returns the number of matching calls since the previous use of `takeActions`. */
    countCalls: (which: CallFilter) => calls.filter((call) => matches(call, which)).length,

    /** Returns the parameters of the calls since the previous use of `takeActions` that the target responded 200 to. */
    getExecutedCalls: () =>
      calls.filter(({ status }) => status === 200).map(({ body }) => Object.fromEntries(new URLSearchParams(body))),

    /** Returns the parameters of the calls since the previous use of `takeParameters`, as received. */
    takeParameters: () => parameters.splice(0),

    /** Closes the port, so that every connection is refused. */
    async refuse(): Promise<void> {
      const closed = once(server.close(), 'close');
      server.closeAllConnections();
      await closed;
    },

    /** Opens the same port again, if it is closed. */
    async accept(): Promise<void> {
      if (server.listening) return;
      await once(server.listen(port, '127.0.0.1'), 'listening');
    },

    close: () => server.close().closeAllConnections(),
  };
}

/** Returns a generator of pseudo-random numbers from 0 to 1. The numbers are the same in each run. */
function createRandom(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** The body of a POST to the control endpoint. */
interface ControlRequest extends CallFilter {
  mode?: string;
  fault?: string;
  status?: number;
  afterEffect?: boolean;
}

const matches = ({ action, region, body }: RecordedCall, which: CallFilter): boolean =>
  (which.action ?? action) === action && (which.region ?? region) === region && body.includes(which.contains ?? '');

export type FaultProxy = ReturnType<typeof createProxy>;

function send(response: ServerResponse, { status, type, requestId, body }: ProxyResponse): void {
  response.writeHead(status, { 'content-type': type, 'content-length': body.length, 'x-amzn-requestid': requestId });
  response.end(body);
}

const createResponse = (status: number, type: string, text: string): ProxyResponse => ({
  status,
  type,
  requestId: 'from-proxy',
  body: Buffer.from(text),
});

const awsFault = (code: string, status: number, message = 'Injected by the proxy.'): ProxyResponse =>
  createResponse(
    status,
    'text/xml',
    `<ErrorResponse xmlns="http://elasticache.amazonaws.com/doc/2015-02-02/"><Error><Type>Receiver</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>from-proxy</RequestId></ErrorResponse>`,
  );

const megabytes = 50;
const megabyte = Buffer.alloc(1_048_576, '<x>much</x>');

/** Sends the XML as fast as the client reads it, until the end or until the connection closes. */
function sendLargeXml(response: ServerResponse, headers: Record<string, number>): void {
  response.writeHead(200, { 'content-type': 'text/xml', ...headers });
  pipeline(Array(megabytes).fill(megabyte), response, () => {});
}

const entities = Array.from({ length: 9 }, (_, index) => `<!ENTITY e${index + 1} "${`&e${index};`.repeat(10)}">`);
const bomb = `<!DOCTYPE x [<!ENTITY e0 "${'ha'.repeat(50)}">${entities.join('')}]><x>&e9;</x>`;

const html =
  '<!doctype html><html><head><title>Gateway</title></head><body><p>Something else<br>is here.</body></html>';

const otherXml =
  '<DescribeEventsResponse xmlns="http://elasticache.amazonaws.com/doc/2015-02-02/"><DescribeEventsResult><Events/></DescribeEventsResult><ResponseMetadata><RequestId>other</RequestId></ResponseMetadata></DescribeEventsResponse>';

if (process.argv[1] === import.meta.filename) {
  const { target, listen, help } = parseArgs({
    options: {
      target: { type: 'string', default: 'http://127.0.0.1:4599' },
      listen: { type: 'string', default: '4600' },
      help: { type: 'boolean' },
    },
  }).values;
  if (help) console.log(`${usage}${Object.keys(modes).join(' ')}`);
  else console.log(`${target} is at ${await createProxy().listen(target, Number(listen))}`);
}
