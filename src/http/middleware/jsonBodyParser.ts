import type { Request } from '@middy/core';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { config } from '../../config.ts';
import { findJsonFault } from '../../lib/strictJson.ts';
import { Problem } from '../../problems/problem.ts';

/**
 * Parses the body and rejects bodies that the parser accepts: too large, in another charset or content encoding, not UTF-8, with
 * a byte order mark, with duplicate members, or nested so deep that recursive code would overflow the stack.
 */
export const jsonBodyParser = () => {
  const parser = httpJsonBodyParser();
  const parse = parser.before as (request: Request<APIGatewayProxyEventV2>) => void;

  return {
    before: function parseJsonBody(request: Request<APIGatewayProxyEventV2>): void {
      const { event } = request;
      if (!event.body) throw new Problem('MalformedBody', 'The request has no body. Send a JSON object.');
      assertMediaType(event.headers);
      const text = decode(event.body, event.isBase64Encoded);
      const fault = findJsonFault(text);
      if (fault)
        throw new Problem('MalformedBody', `The body is not acceptable JSON. ${fault.detail}`, { errors: [fault] });

      event.body = text;
      event.isBase64Encoded = false;
      event.headers['content-type'] = 'application/json';
      try {
        parse(request);
      } catch {
        throw new Problem('MalformedBody', 'The body is not valid JSON.'); // the message of the parser contains parts of the body
      }
    },
  };
};

function assertMediaType(headers: APIGatewayProxyEventV2['headers']): void {
  const [type = '', ...parameters] = (headers['content-type'] ?? '')
    .split(';')
    .map((part) => part.trim().toLowerCase());
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice(8)
    .replaceAll('"', '');
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  const unsupported = /^application\/([a-z0-9.+-]+\+)?json$/.test(type)
    ? charset && !['utf-8', 'utf8', 'us-ascii'].includes(charset)
      ? `charset=${toPrintable(charset)}`
      : encoding !== 'identity' && `Content-Encoding: ${toPrintable(encoding)}`
    : `Content-Type: ${toPrintable(type) || 'none'}`;
  if (unsupported) {
    throw new Problem('UnsupportedMediaType', `${unsupported} is not supported. Send application/json in UTF-8.`, {
      headers: { accept: 'application/json' },
    });
  }
}

const toPrintable = (text: string) => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 80);

function decode(body: string, isBase64: boolean): string {
  const bytes = Buffer.from(body, isBase64 ? 'base64' : 'utf8');
  if (bytes.length > config.maxBodyBytes) {
    throw new Problem(
      'ContentTooLarge',
      `The body has ${bytes.length} bytes. At most ${config.maxBodyBytes} are accepted.`,
    );
  }
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw new Problem(
      'MalformedBody',
      'The body starts with a byte order mark. JSON must not have one (RFC 8259 §8.1).',
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Problem('MalformedBody', 'The body is not encoded as UTF-8.');
  }
}
