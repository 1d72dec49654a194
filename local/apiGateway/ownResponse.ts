import type { GatewayResponse } from './message.ts';

/**
 * The texts of the responses that API Gateway makes itself. Sources: "Create routes for HTTP APIs" (404), "Throttle requests to
 * your HTTP APIs" (429), "Troubleshooting HTTP API JWT authorizers" (401), aws/aws-lambda-dotnet#1990 (413) and its test tool
 * (500), AWS re:Post on 5xx errors (503), captures in hotsock/voker (400). unverified: the texts of 400, 403 and 431.
 */
const messages = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const;

export type OwnStatus = keyof typeof messages;

/** Returns a response of API Gateway itself, in place of a response of a function. */
export const ownResponse = (status: OwnStatus, requestId: string): GatewayResponse => ({
  status,
  headers: { 'content-type': 'application/json', 'apigw-requestid': requestId },
  cookies: [],
  body: Buffer.from(JSON.stringify({ message: messages[status] })),
});
