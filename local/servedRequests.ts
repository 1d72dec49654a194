import type { Server } from 'node:http';
import type { ServedRequest } from './requestLines.ts';

/** Calls `report` after each response of a server, also after those that it sends before its own listener. */
export function onServed(server: Server, report: (request: ServedRequest) => void): void {
  server.prependListener('request', ({ method = '', url = '' }, response) => {
    const startedAt = performance.now();
    response.once('close', () =>
      report({
        method,
        target: url,
        status: response.writableFinished ? response.statusCode : undefined,
        duration_ms: Math.round(performance.now() - startedAt),
        gateway_request_id: response.getHeader('apigw-requestid')?.toString(),
        isLogged: response.hasHeader('x-request-id'),
      }),
    );
  });
}
