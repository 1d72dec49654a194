import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ConsoleFiles } from '../console/server/serve.ts';
import type { SignInConfiguration } from '../console/src/signInConfiguration.ts';

/**
 * Creates the sender of the pages: the console for browsers, and the reference of the API. It returns false for every path of
 * the API. The pages have the origin of the API, so they can send requests to it. They are bundled at their first request.
 */
export function createPages(signIn: () => Promise<SignInConfiguration>) {
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const [path = ''] = (request.url ?? '').split('?', 1);
    if (!/^(GET|HEAD)$/.test(request.method ?? '') || !isPage(path, request.headers.accept ?? '')) return false;
    send(path, signIn, request, response).catch((error: Error) => response.writeHead(500).end(error.message));
    return true;
  };
}

const isPage = (path: string, accept: string): boolean =>
  path === '/docs' || path.startsWith('/console/') || (path === '/' && accept.includes('text/html'));

async function send(
  path: string,
  signIn: () => Promise<SignInConfiguration>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  files ??= import('../build/console.ts').then(({ bundleConsole }) => bundleConsole());
  const { serveFile } = await import('../console/server/serve.ts');
  const { status, headers, body } =
    serveFile(await files, await signIn(), { path, headers: request.headers }) ?? notFound;
  response.writeHead(status, headers).end(body);
}

let files: Promise<ConsoleFiles> | undefined;

/** Discards the bundled pages. The next request bundles them again. */
export function forgetPages(): void {
  files = undefined;
}

const notFound = { status: 404, headers: { 'content-type': 'text/plain' }, body: 'The console has no such file.' };
