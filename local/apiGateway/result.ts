import type { GatewayResponse } from './message.ts';
import { ownResponse } from './ownResponse.ts';

interface StructuredResult {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly cookies?: readonly string[];
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

/** The largest response of a function, in bytes. Source: "Lambda quotas", invocation payload. */
const maxResultBytes = 6 * 1024 * 1024;

/**
 * Returns the response for the result of a function. A result without `statusCode` is the body of a 200 response. A result that
 * Lambda or API Gateway cannot use is a 500 of API Gateway. Source: "Create AWS Lambda proxy integrations for HTTP APIs", "Lambda
 * function response for format 2.0", and the comments in InvokeResponseExtensions.cs of aws/aws-lambda-dotnet.
 */
export function toResponse(result: unknown, method: string, requestId: string): GatewayResponse {
  const payload = JSON.stringify(result) ?? 'null'; // Lambda serializes the result
  if (Buffer.byteLength(payload) > maxResultBytes) return ownResponse(500, requestId);
  const value = JSON.parse(payload) as unknown;
  if (!isStructured(value)) return toJsonResponse(value, method, requestId);
  const { statusCode, headers = {}, cookies = [], body = '', isBase64Encoded = false } = value;
  if (!Number.isInteger(statusCode) || statusCode < 100 || statusCode > 599) return ownResponse(500, requestId);
  const named = Object.entries(headers).map(([name, each]) => [name.toLowerCase(), String(each)]);
  return {
    status: statusCode,
    headers: { ...(body && defaultType), ...Object.fromEntries(named), 'apigw-requestid': requestId },
    cookies,
    body: bodyFor(method, Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')),
  };
}

const isStructured = (value: unknown): value is StructuredResult =>
  typeof value === 'object' && value !== null && 'statusCode' in value;

const toJsonResponse = (value: unknown, method: string, requestId: string): GatewayResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json', 'apigw-requestid': requestId },
  cookies: [],
  body: bodyFor(method, Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))),
});

/** A body without a Content-Type gets this one. Source: "Handling binary data using Amazon API Gateway HTTP APIs". */
const defaultType = { 'content-type': 'text/plain; charset=utf-8' };

/** A response to HEAD has no body (RFC 9110 §9.3.2). */
const bodyFor = (method: string, body: Buffer): Buffer => (method === 'HEAD' ? Buffer.alloc(0) : body);
