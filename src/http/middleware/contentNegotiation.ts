import type { Request } from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { Problem } from '../../problems/problem.ts';

/** Refuses a client that would not take JSON, in either of the two media types that this API answers in. */
export const contentNegotiation = () => ({
  before: function refuseUnacceptable({ event }: Request<APIGatewayProxyEventV2>): void {
    const accept = event.headers.accept?.trim();
    if (accept && !accept.split(',').some(takesJson)) {
      throw new Problem('NotAcceptable', 'The Accept header leaves out JSON; accept application/json or */*.');
    }
  },
});

function takesJson(range: string): boolean {
  const [type = '', ...settings] = range
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const refused = settings.some((setting) => /^q=0(\.0*)?$/.test(setting));
  return !refused && /^(\*\/\*|application\/(\*|json|problem\+json))$/.test(type);
}
