import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer of the server behind the proxy, or one made up. */
interface Answer {
  status: number;
  type: string;
  requestId: string;
  body: Buffer;
}

/** One call that came to the proxy. */
interface Exchange {
  response: ServerResponse;
  /** Lets the call take effect; its answer goes nowhere unless the mode sends it. */
  forward(): Promise<Answer>;
}

/** What becomes of a call. */
export type Mode = (exchange: Exchange) => void | Promise<void>;

/** Which calls a mode is for, all unless told; and for how many of them, one unless told. */
interface Which {
  action?: string;
  region?: string;
  /** Text that the call has in it, such as an id. */
  holds?: string;
  times?: number;
}

/** The ways in which a network and a server fail. Those that need no true answer leave the call without effect; see `afterEffect`. */
export const modes = {
  pass: async ({ response, forward }) => send(response, await forward()),
  reset: ({ response }) => void response.socket?.resetAndDestroy(),
  close: ({ response }) => void response.socket?.end(),
  error500: ({ response }) => send(response, awsFault('InternalFailure', 500)),
  error503: ({ response }) => send(response, awsFault('ServiceUnavailable', 503)),

  /** Half of the body that its length announces, then a reset. */
  cut: async ({ response, forward }) => {
    const { status, type, body } = await forward();
    response.writeHead(status, { 'content-type': type, 'content-length': body.length });
    response.write(body.subarray(0, body.length / 2), () => response.socket?.resetAndDestroy());
  },

  /** Half of the XML, with a length that is right for the half. */
  truncated: async ({ response, forward }) => {
    const { body, ...answer } = await forward();
    send(response, { ...answer, body: body.subarray(0, body.length / 2) });
  },

  empty: ({ response }) => send(response, made(200, 'text/xml', '')),
  otherOperation: ({ response }) => send(response, made(200, 'text/xml', otherXml)),
  html200: ({ response }) => send(response, made(200, 'text/html', html)),
  html404: ({ response }) => send(response, made(404, 'text/html', html)),
  html500: ({ response }) => send(response, made(500, 'text/html', html)),
  json: ({ response }) => send(response, made(200, 'application/json', '{"GlobalReplicationGroups":[]}')),
  garbage: ({ response }) => send(response, made(200, 'text/xml', '\ufffe\u0000<(')),

  redirect: ({ response }) => {
    response.setHeader('location', 'http://127.0.0.1:9/');
    send(response, made(307, 'text/plain', ''));
  },

  /** Nothing at all, for ever. */
  hang: () => {},

  /** The head of an answer, then nothing. */
  stall: ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.flushHeaders();
  },

  /** A byte at a time, without end: no limit on silence ever strikes. */
  drip: ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/xml' });
    const dripping = setInterval(() => response.write(' '), 20);
    response.once('close', () => clearInterval(dripping));
  },
} satisfies Record<string, Mode>;

/** The mode, once the call has taken effect: the answer is lost, the change is made. */
export const afterEffect =
  (mode: Mode): Mode =>
  async (exchange) => {
    await exchange.forward();
    await mode(exchange);
  };

/** Answers with an error of AWS's that the emulator has no name for. */
export const fault =
  (code: string, status: number, message?: string): Mode =>
  ({ response }) =>
    send(response, awsFault(code, status, message));

/**
 * A server that stands between the API and an ElastiCache, passes all calls on, and spoils those it is told to. By hand:
 * `node test/support/proxy.ts http://127.0.0.1:4599 4600`, then `curl localhost:4600/_proxy -d '{"mode":"reset","afterEffect":true}'`.
 */
export function createProxy() {
  const planned: { mode: Mode; which: Which; left: number }[] = [];
  const seen: string[] = [];
  const told: Record<string, string>[] = [];
  let target = '';
  let port = 0;

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    if (request.url === '/_proxy') return take(body, response);

    const { authorization = '', 'content-type': type = '' } = request.headers;
    const action = new URLSearchParams(body).get('Action') ?? '';
    seen.push(action);
    told.push(Object.fromEntries(new URLSearchParams(body)));
    await modeFor(
      action,
      authorization.split('/')[2],
      body,
    )({
      response,
      async forward() {
        const answer = await fetch(target, { method: 'POST', headers: { authorization, 'content-type': type }, body });
        return {
          status: answer.status,
          type: answer.headers.get('content-type') ?? '',
          requestId: answer.headers.get('x-amzn-requestid') ?? '',
          body: Buffer.from(await answer.arrayBuffer()),
        };
      },
    });
  }

  function modeFor(action: string, region: string | undefined, body: string): Mode {
    const plan = planned.find(
      ({ which, left }) =>
        left > 0 &&
        (which.action ?? action) === action &&
        (which.region ?? region) === region &&
        body.includes(which.holds ?? ''),
    );
    if (!plan) return modes.pass;
    plan.left--;
    return plan.mode;
  }

  function will(mode: Mode, which: Which = {}): void {
    planned.push({ mode, which, left: which.times ?? 1 });
  }

  function take(body: string, response: ServerResponse): void {
    const { mode, afterEffect: late, ...which } = JSON.parse(body) as Which & { mode: string; afterEffect?: boolean };
    const chosen: Mode | undefined = Object.hasOwn(modes, mode) ? modes[mode as keyof typeof modes] : undefined;
    if (chosen) will(late ? afterEffect(chosen) : chosen, which);
    send(response, made(chosen ? 200 : 400, 'text/plain', `modes: ${Object.keys(modes).join(' ')}\n`));
  }

  return {
    /** Begins to pass calls on to this server. Gives the address to call instead of it. */
    async listen(to: string, at = 0): Promise<string> {
      target = to;
      await once(server.listen(at, '127.0.0.1'), 'listening');
      ({ port } = server.address() as AddressInfo);
      return `http://127.0.0.1:${port}`;
    },

    /** What becomes of the next calls, in the order in which it is told. */
    will,

    /** Passes everything on again. */
    clear: () => void planned.splice(0),

    /** The actions that were called since the last look, spoilt or not. */
    seen: () => seen.splice(0),

    /** The parameters of the calls since the last look, as they came over the wire. */
    told: () => told.splice(0),

    /** Nobody listens any more; every connection is refused. */
    async refuse(): Promise<void> {
      const closed = once(server.close(), 'close');
      server.closeAllConnections();
      await closed;
    },

    /** Listens again where it did. */
    async accept(): Promise<void> {
      await once(server.listen(port, '127.0.0.1'), 'listening');
    },

    close: () => server.close().closeAllConnections(),
  };
}

/** What `createProxy` gives. */
export type FaultProxy = ReturnType<typeof createProxy>;

function send(response: ServerResponse, { status, type, requestId, body }: Answer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': body.length, 'x-amzn-requestid': requestId });
  response.end(body);
}

const made = (status: number, type: string, text: string): Answer => ({
  status,
  type,
  requestId: 'told-by-proxy',
  body: Buffer.from(text),
});

const awsFault = (code: string, status: number, message = 'Told by the proxy.'): Answer =>
  made(
    status,
    'text/xml',
    `<ErrorResponse xmlns="http://elasticache.amazonaws.com/doc/2015-02-02/"><Error><Type>Receiver</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>told-by-proxy</RequestId></ErrorResponse>`,
  );

const html =
  '<!doctype html><html><head><title>Gateway</title></head><body><p>Something else<br>is here.</body></html>';

const otherXml =
  '<DescribeEventsResponse xmlns="http://elasticache.amazonaws.com/doc/2015-02-02/"><DescribeEventsResult><Events/></DescribeEventsResult><ResponseMetadata><RequestId>other</RequestId></ResponseMetadata></DescribeEventsResponse>';

if (import.meta.main) {
  const [to = 'http://127.0.0.1:4599', at = '4600'] = process.argv.slice(2);
  console.log(`${to} is at ${await createProxy().listen(to, Number(at))}`);
}
