import type { Request } from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { Problem } from '../../problems/problem.ts';

/** Responds 406 unless `Accept` includes JSON or problem+json (RFC 9110 §12.5.1). */
export const contentNegotiation = () => ({
  before: function assertAcceptsJson({ event }: Request<APIGatewayProxyEventV2>): void {
    const accept = event.headers.accept?.trim();
    if (accept && !accept.split(',').some(acceptsJson)) {
      throw new Problem('NotAcceptable', 'The Accept header does not include JSON. Send application/json or */*.');
    }
  },
});

function acceptsJson(range: string): boolean {
  const [type = '', ...parameters] = range
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const isExcluded = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  return !isExcluded && /^(\*\/\*|application\/(\*|json|problem\+json))$/.test(type);
}
