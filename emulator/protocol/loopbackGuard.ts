import type { IncomingMessage, Server, ServerResponse } from 'node:http';

export interface GuardOptions {
  /** Whether the server has pages of its own, which send requests to it. */
  readonly hasPages?: boolean;
}

/**
 * Refuses requests of web pages to a server on the loopback interface: a page of another site in the user's browser can send
 * them. Refuses requests under another name (DNS rebinding) and requests that a browser marks as sent by another page. Programs
 * send neither `Origin` nor `Sec-Fetch-Site`. Returns the server.
 */
export function closeToPages<S extends Server>(server: S, { hasPages = false }: GuardOptions = {}): S {
  const listeners = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[];
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const reason = findReason(request, hasPages);
    if (reason) return refuse(response, reason);
    for (const listener of listeners) listener.call(server, request, response);
  });
  return server;
}

/** Returns the reason to refuse a request, or undefined for a request of a program or of an own page. */
function findReason({ headers, socket }: IncomingMessage, hasPages: boolean): string | undefined {
  const { host = '', origin } = headers;
  const site = headers['sec-fetch-site'];
  const [, port = '80'] = host.match(/^(?:localhost|127\.0\.0\.1|\[::1\])(?::(\d+))?$/i) ?? ['', ''];
  if (Number(port) !== socket.localPort)
    return `The Host ${toPrintable(host)} is not this machine. Use localhost:${socket.localPort}.`;
  if (origin !== undefined && !(hasPages && origin.toLowerCase() === `http://${host.toLowerCase()}`))
    return `A page of ${toPrintable(origin)} may not send requests to this port.`;
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    return `A page of another site may not send requests to this port (Sec-Fetch-Site: ${toPrintable(`${site}`)}).`;
  return undefined;
}

function refuse(response: ServerResponse, detail: string): void {
  response.writeHead(403, { 'content-type': 'application/problem+json', connection: 'close' });
  response.end(JSON.stringify({ type: 'about:blank', title: 'Forbidden', status: 403, detail }));
}

const toPrintable = (text: string): string => text.replace(/[^\x21-\x7e]/g, '?').slice(0, 100) || '(empty)';
