import type { Request } from '@middy/core';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { config } from '../../config.ts';
import { findJsonFault } from '../../lib/strictJson.ts';
import { Problem } from '../../problems/problem.ts';

/**
 * Parses the body and closes what the parser leaves open: size, charset and content encoding, bytes that are not UTF-8, a
 * byte order mark, members that stand twice, and nesting that would overflow the stack further in.
 */
export const jsonBodyParser = () => {
  const parser = httpJsonBodyParser();
  const parse = parser.before as (request: Request<APIGatewayProxyEventV2>) => void;

  return {
    before: function parseJsonBody(request: Request<APIGatewayProxyEventV2>): void {
      const { event } = request;
      if (!event.body) throw new Problem('MalformedBody', 'The request has no body; a JSON object is needed.');
      refuseOtherMedia(event.headers);
      const text = decode(event.body, event.isBase64Encoded);
      const fault = findJsonFault(text);
      if (fault) throw new Problem('MalformedBody', 'The body is not an acceptable JSON object.', { errors: [fault] });

      event.body = text;
      event.isBase64Encoded = false;
      event.headers['content-type'] = 'application/json';
      try {
        parse(request);
      } catch {
        throw new Problem('MalformedBody', 'The body is not valid JSON.'); // the parser's words would show the body
      }
    },
  };
};

function refuseOtherMedia(headers: APIGatewayProxyEventV2['headers']): void {
  const [type = '', ...settings] = (headers['content-type'] ?? '').split(';').map((part) => part.trim().toLowerCase());
  const charset = settings
    .find((setting) => setting.startsWith('charset='))
    ?.slice(8)
    .replaceAll('"', '');
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  const told = /^application\/([a-z0-9.+-]+\+)?json$/.test(type)
    ? charset && !['utf-8', 'utf8', 'us-ascii'].includes(charset)
      ? `charset=${printable(charset)}`
      : encoding !== 'identity' && `Content-Encoding: ${printable(encoding)}`
    : `Content-Type: ${printable(type) || 'none'}`;
  if (told) {
    throw new Problem('UnsupportedMediaType', `The body came as ${told}; send application/json in UTF-8.`, {
      headers: { accept: 'application/json' },
    });
  }
}

const printable = (text: string) => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 80);

function decode(body: string, isBase64: boolean): string {
  const bytes = Buffer.from(body, isBase64 ? 'base64' : 'utf8');
  if (bytes.length > config.maxBodyBytes) {
    throw new Problem(
      'ContentTooLarge',
      `The body has ${bytes.length} bytes; at most ${config.maxBodyBytes} are accepted.`,
    );
  }
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw new Problem('MalformedBody', 'The body starts with a byte order mark; JSON has none (RFC 8259 §8.1).');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Problem('MalformedBody', 'The body is not encoded as UTF-8.');
  }
}
