import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { files } from './files.ts';
import { serveFile } from './serve.ts';
import { signInOf } from './signInOf.ts';

/** Responds with a file of the console. It reads only its bundle and its environment. */
export async function handler({
  rawPath,
  headers,
  requestContext,
}: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const served = serveFile(files, signIn, { path: rawPath, headers });
  if (!served) return { statusCode: 404, headers: { 'content-type': 'text/plain' }, body: 'There is no such file.' };
  return {
    statusCode: served.status,
    headers: served.headers,
    body: requestContext.http.method === 'HEAD' ? '' : served.body.toString('base64'),
    isBase64Encoded: true,
  };
}

const signIn = signInOf(process.env);
