import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { config } from '../config.ts';

/** Where the caller of this request reaches the API, without a slash at the end. */
export function publicUrl({ requestContext: { domainName, stage } }: APIGatewayProxyEventV2): string {
  if (config.publicUrl) return config.publicUrl.replace(/\/+$/, '');
  return `https://${domainName}${stage === '$default' ? '' : `/${stage}`}`;
}
