import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { config } from '../config.ts';

/** Returns the URL at which the caller reaches the API, without a slash at the end. */
export function publicUrl({ requestContext: { domainName, stage } }: APIGatewayProxyEventV2): string {
  if (config.publicUrl) return config.publicUrl.replace(/\/+$/, '');
  return `https://${domainName}${stage === '$default' ? '' : `/${stage}`}`;
}
