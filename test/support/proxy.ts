import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';
import { parseArgs } from 'node:util';

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

  /** The right answer under a wrong name. */
  wrongType: async ({ response, forward }) => send(response, { ...(await forward()), type: 'text/plain' }),

  /** 50 MB of XML, in a length that is told, or without one. */
  large: ({ response }) => pour(response, { 'content-length': megabytes * megabyte.length }),
  largeUntold: ({ response }) => pour(response, {}),

  /** Entities of entities, gigabytes of text if anyone expands them. */
  bomb: ({ response }) => send(response, made(200, 'text/xml', bomb)),
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

/** A call that came by. */
interface Seen {
  action: string;
  region: string;
  body: string;
  /** The status of the true answer, where there was one. */
  status?: number;
}

const usage = `node test/support/proxy.ts [--target http://127.0.0.1:4599] [--listen 4600]

Passes all calls on to an ElastiCache, and spoils those it is told to:
  curl localhost:4600/_proxy                                  what is planned
  curl localhost:4600/_proxy -d '{"mode":"reset"}'            spoils the next call
  curl localhost:4600/_proxy -d '{"mode":"hang","region":"us-east-1","times":99}'
  curl localhost:4600/_proxy -d '{"mode":"reset","afterEffect":true,"action":"CreateGlobalReplicationGroup"}'
  curl localhost:4600/_proxy -d '{"fault":"Throttling","status":400}'
  curl -X DELETE localhost:4600/_proxy                        spoils nothing any more
Modes: `;

/** A server that stands between the API and an ElastiCache, passes all calls on, and spoils those it is told to. */
export function createProxy() {
  const planned: { mode: Mode; name?: string; which: Which; left: number }[] = [];
  const seen: Seen[] = [];
  const parameters: Record<string, string>[] = [];
  const chance = dice();
  let often: { share: number; modes: readonly Mode[] } = { share: 0, modes: [] };
  let target = '';
  let port = 0;

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    if (request.url === '/_proxy') return send(response, told(request.method, body));

    const { authorization = '', 'content-type': type = '' } = request.headers;
    const action = new URLSearchParams(body).get('Action') ?? '';
    const call: Seen = { action, region: authorization.split('/')[2] ?? '', body };
    seen.push(call);
    parameters.push(Object.fromEntries(new URLSearchParams(body)));
    await modeFor(call)({
      response,
      async forward() {
        const answer = await fetch(target, { method: 'POST', headers: { authorization, 'content-type': type }, body });
        call.status = answer.status;
        return {
          status: answer.status,
          type: answer.headers.get('content-type') ?? '',
          requestId: answer.headers.get('x-amzn-requestid') ?? '',
          body: Buffer.from(await answer.arrayBuffer()),
        };
      },
    });
  }

  function modeFor(call: Seen): Mode {
    const plan = planned.find(({ which, left }) => left > 0 && fits(call, which));
    if (!plan) return (chance() < often.share && often.modes[Math.floor(chance() * often.modes.length)]) || modes.pass;
    plan.left--;
    return plan.mode;
  }

  function will(mode: Mode, which: Which = {}, name?: string): void {
    planned.push({ mode, which, left: which.times ?? 1, ...(name && { name }) });
  }

  function told(method: string | undefined, body: string): Answer {
    if (method === 'DELETE') planned.splice(0);
    if (method !== 'POST') return made(200, 'application/json', `${JSON.stringify(planned)}\n`);
    const { mode = '', fault: code, status = 400, afterEffect: late, ...which } = JSON.parse(body) as Told;
    const chosen = code ? fault(code, status) : Object.hasOwn(modes, mode) && modes[mode as keyof typeof modes];
    if (!chosen) return made(400, 'text/plain', `${usage}${Object.keys(modes).join(' ')}\n`);
    will(late ? afterEffect(chosen) : chosen, which, code ?? mode);
    return made(200, 'application/json', `${JSON.stringify(planned)}\n`);
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

    /** Spoils that share of all other calls, each in one of these ways; the same calls in each run. */
    sometimes(share: number, modes: readonly Mode[]): void {
      often = { share, modes };
    },

    /** Passes everything on again. */
    clear(): void {
      planned.splice(0);
      often = { share: 0, modes: [] };
    },

    /** The actions that were called since the last look, spoilt or not. */
    seen: () => seen.splice(0).map(({ action }) => action),

    /** How many of the calls since that look were such ones. */
    count: (which: Which) => seen.filter((call) => fits(call, which)).length,

    /** The parameters of those of them that the server behind has carried out. */
    carriedOut: () =>
      seen.filter(({ status }) => status === 200).map(({ body }) => Object.fromEntries(new URLSearchParams(body))),

    /** The parameters of the calls since the last look, as they came over the wire. */
    told: () => parameters.splice(0),

    /** Nobody listens any more; every connection is refused. */
    async refuse(): Promise<void> {
      const closed = once(server.close(), 'close');
      server.closeAllConnections();
      await closed;
    },

    /** Listens again where it did, if it does not. */
    async accept(): Promise<void> {
      if (server.listening) return;
      await once(server.listen(port, '127.0.0.1'), 'listening');
    },

    close: () => server.close().closeAllConnections(),
  };
}

/** Numbers from 0 to 1 that look like chance and are the same in each run. */
function dice(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** What the control endpoint takes. */
interface Told extends Which {
  mode?: string;
  fault?: string;
  status?: number;
  afterEffect?: boolean;
}

const fits = ({ action, region, body }: Seen, which: Which): boolean =>
  (which.action ?? action) === action && (which.region ?? region) === region && body.includes(which.holds ?? '');

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

const megabytes = 50;
const megabyte = Buffer.alloc(1_048_576, '<x>much</x>');

/** As fast as it is taken, until all is sent or nobody is there any more. */
function pour(response: ServerResponse, headers: Record<string, number>): void {
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
