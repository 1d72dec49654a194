import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/**
 * Sends the page of a path: the start page for browsers, and the reference of the API. Returns false if there is none, as for
 * every path of the API. The pages have the origin of the API, so they can send requests to it.
 */
export function sendPage(path: string, accept: string, response: ServerResponse): boolean {
  const isPage = Object.hasOwn(pages, path) && (path !== '/' || accept.includes('text/html'));
  if (!isPage) return false;
  pages[path]?.(response).catch((error: Error) => response.writeHead(500).end(error.message));
  return true;
}

const pages: Readonly<Record<string, (response: ServerResponse) => Promise<void>>> = {
  '/': async (response) => sendHtml(response, startPage),
  '/docs': async (response) => sendHtml(response, referencePage),
  '/docs/scalar.js': async (response) => {
    const headers = { 'content-type': 'text/javascript; charset=utf-8', 'content-encoding': 'gzip' };
    response.writeHead(200, { ...headers, 'cache-control': 'max-age=3600' }).end(await loadScalar());
  },
};

function sendHtml(response: ServerResponse, html: string): void {
  response
    .writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': contentSecurityPolicy })
    .end(html);
}

/** Prevents requests of the pages to other hosts. */
const contentSecurityPolicy =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; form-action 'none'; base-uri 'none'";

/** Settings of Scalar. They disable every feature that contacts Scalar's servers: fonts, and its own client. */
const settings = {
  url: '/openapi.json',
  withDefaultFonts: false,
  hideClientButton: true,
  persistAuth: false,
  defaultOpenAllTags: true,
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
  metaData: { title: 'Global Datastore API' },
};

const startPage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Global Datastore API</title>
    <link rel="icon" href="data:,">
  </head>
  <body>
    <h1>Global Datastore API</h1>
    <ul>
      <li><a href="/docs">Reference</a>, which also sends requests</li>
      <li><a href="/global-datastores?ShowMemberInfo=true">Datastores</a></li>
      <li><a href="/replication-groups">Replication groups</a></li>
      <li><a href="/operations">Operations</a></li>
      <li><a href="/openapi.json">OpenAPI document</a></li>
      <li><a href="/ready">Readiness</a></li>
    </ul>
  </body>
</html>
`;

const referencePage = `<!doctype html>
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
 * releases of the package need eight more packages beside the file.
 */
function loadScalar(): Promise<Buffer> {
  const file = new URL('js/standalone.js', import.meta.resolve('@scalar/fastify-api-reference'));
  gzippedScalar ??= readFile(file).then((code) => promisify(gzip)(code));
  return gzippedScalar;
}
