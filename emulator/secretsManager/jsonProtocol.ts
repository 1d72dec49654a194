import { Fault } from '../protocol/fault.ts';

const PREFIX = 'secretsmanager.';

/** Returns whether the header `X-Amz-Target` names an action of Secrets Manager. */
export const isSecretsTarget = (target: string | undefined): target is string => target?.startsWith(PREFIX) ?? false;

/** Returns the name of the action in the header `X-Amz-Target`. */
export const actionIn = (target: string): string => target.slice(PREFIX.length);

/**
 * Parses the body of a request: AWS's JSON protocol 1.1.
 * @throws Fault SerializationException
 */
export function readJson(body: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body || '{}');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {}
  throw new Fault('SerializationException', 'The body is not a JSON object.');
}

/** Returns the response of a failed action. */
export const writeJsonFault = ({ code, message }: Fault): string =>
  JSON.stringify({ __type: code, Message: message, message });
