import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/**
 * Creates a proxy that serves the reference page at `/docs` and forwards every other request to the API at `apiPort`. The page
 * has the origin of the API, so it can send requests.
 */
export function createDocsProxy(apiPort: number): Server {
  return createServer((incoming, response) => {
    const path = incoming.url?.split('?')[0] ?? '';
    const sendPage = Object.hasOwn(pages, path) ? pages[path] : undefined;
    if (!sendPage) return forward(apiPort, incoming, response);
    sendPage(response).catch((error: Error) => response.writeHead(500).end(error.message));
  });
}

function forward(port: number, incoming: IncomingMessage, response: ServerResponse): void {
  const { method, url: path, rawHeaders: headers } = incoming;
  const outgoing = request({ host: '127.0.0.1', port, method, path, headers }, (apiResponse) => {
    response.writeHead(apiResponse.statusCode ?? 502, apiResponse.statusMessage, apiResponse.rawHeaders);
    apiResponse.pipe(response);
  });
  outgoing.once('error', () => response.destroy());
  incoming.pipe(outgoing);
}

const pages: Readonly<Record<string, (response: ServerResponse) => Promise<void>>> = {
  '/docs': async (response) => {
    response
      .writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': contentSecurityPolicy })
      .end(page);
  },
  '/docs/scalar.js': async (response) => {
    const headers = { 'content-type': 'text/javascript; charset=utf-8', 'content-encoding': 'gzip' };
    response.writeHead(200, { ...headers, 'cache-control': 'max-age=3600' }).end(await loadScalar());
  },
};

/** Prevents requests of the page to other hosts. */
const contentSecurityPolicy =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; form-action 'none'; base-uri 'none'";

/** Settings of Scalar. They disable every feature that contacts Scalar's servers: fonts, telemetry, assistants, sharing. */
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

let gzippedScalar: Promise<Buffer> | undefined;

/**
 * Returns Scalar as one gzipped file. `@scalar/fastify-api-reference` is the smallest package that contains this file. Later
 * releases of the package load it from another host.
 */
function loadScalar(): Promise<Buffer> {
  const file = new URL('js/standalone.js', import.meta.resolve('@scalar/fastify-api-reference'));
  gzippedScalar ??= readFile(file).then((code) => promisify(gzip)(code));
  return gzippedScalar;
}
