import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/**
 * What callers of a laptop's API talk to: the reference page at `/docs`; everything else goes to the API at `port` and back
 * as it came. The page is of the same origin, so it can send requests.
 */
export function createDocsProxy(port: number): Server {
  return createServer((asked, answer) => {
    const path = asked.url?.split('?')[0] ?? '';
    const serve = Object.hasOwn(pages, path) ? pages[path] : undefined;
    if (!serve) return passOn(port, asked, answer);
    serve(answer).catch((error: Error) => answer.writeHead(500).end(error.message));
  });
}

function passOn(port: number, asked: IncomingMessage, answer: ServerResponse): void {
  const { method, url: path, rawHeaders: headers } = asked;
  const onward = request({ host: '127.0.0.1', port, method, path, headers }, (reply) => {
    answer.writeHead(reply.statusCode ?? 502, reply.statusMessage, reply.rawHeaders);
    reply.pipe(answer);
  });
  onward.once('error', () => answer.destroy());
  asked.pipe(onward);
}

const pages: Readonly<Record<string, (answer: ServerResponse) => Promise<void>>> = {
  '/docs': async (answer) => {
    answer
      .writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': onlyFromHere })
      .end(page);
  },
  '/docs/scalar.js': async (answer) => {
    const headers = { 'content-type': 'text/javascript; charset=utf-8', 'content-encoding': 'gzip' };
    answer.writeHead(200, { ...headers, 'cache-control': 'max-age=3600' }).end(await scalar());
  },
};

/** Whatever the page may come to contain, it asks nobody else. */
const onlyFromHere =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; form-action 'none'; base-uri 'none'";

/** Without all that talks to the makers of the page: fonts, telemetry, assistants, sharing. */
const settings = {
  url: '/openapi.json',
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  showDeveloperTools: 'never',
  hideClientButton: true,
  persistAuth: false,
  defaultOpenAllTags: true,
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
  metaData: { title: 'Global Datastore API' },
};

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Global Datastore API</title>
    <link rel="icon" href="data:,">
  </head>
  <body>
    <div id="reference"></div>
    <script src="/docs/scalar.js"></script>
    <script>Scalar.createApiReference('#reference', ${JSON.stringify(settings)})</script>
  </body>
</html>
`;

let zipped: Promise<Buffer> | undefined;

/** Scalar as one file. The package is the smallest that has it, up to this release; later ones load it from another host. */
function scalar(): Promise<Buffer> {
  const file = new URL('js/standalone.js', import.meta.resolve('@scalar/fastify-api-reference'));
  zipped ??= readFile(file).then((code) => promisify(gzip)(code));
  return zipped;
}
