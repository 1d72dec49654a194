import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A response of AWS as it is on the wire. */
export interface RecordedResponse {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An HTTP server with recorded responses of several services, and the names of the calls that it received. */
export interface RecordedAws {
  readonly env: Readonly<Record<string, string>>;
  readonly calls: string[];
  close(): void;
}

/** Starts the server. The name of a call selects its response. The response to other calls is 400. */
export async function startRecordedAws(responses: Readonly<Record<string, RecordedResponse>>): Promise<RecordedAws> {
  const calls: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const name = nameOf(request.url ?? '', request.headers['x-amz-target'], body);
    const {
      status = 200,
      headers = {},
      body: responseBody,
    } = responses[name] ?? { status: 400, body: `No response for ${name}` };
    calls.push(name);
    response.writeHead(status, headers).end(responseBody);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const env = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_MAX_ATTEMPTS: '1',
  };
  return { env, calls, close: () => server.close() };
}

/** Returns the name of a call: of the query protocol, of the JSON protocol, or the path of a REST call. */
function nameOf(url: string, target: string | string[] | undefined, body: string): string {
  const { Action, NextToken } = Object.fromEntries(new URLSearchParams(body));
  if (Action) return NextToken ? `${Action} ${NextToken}` : Action;
  if (target) return `${target}`.split('.')[1] ?? '';
  return url.replace(/\?.*$/, '').replace(/functions\/[^/]+/, 'functions/NAME');
}
