import type { GatewayRequest } from './apiGateway/message.ts';
import type { Authorizer } from './apiGateway/payload.ts';
import { toPrintable } from './printable.ts';
import { Refusal } from './refusal.ts';

/** A request without the headers of the local gateway, and the identity that they name. */
export interface IdentifiedRequest {
  readonly request: GatewayRequest;
  readonly authorizer: Authorizer | undefined;
}

/**
 * Extracts the identity from the headers of a request: `X-Local-Caller` replaces an IAM authorizer of API Gateway, and
 * `X-Local-Claims` a JWT authorizer. Only the local gateway reads these headers. The functions do not receive them.
 * @throws Refusal if an authorizer cannot deliver a value.
 */
export function takeIdentity(sent: GatewayRequest): IdentifiedRequest {
  const callers = valuesOf(sent, 'x-local-caller');
  const claims = valuesOf(sent, 'x-local-claims');
  if (callers.length + claims.length > 1)
    throw invalid('A request has one identity: one X-Local-Caller or one X-Local-Claims.');
  const headers = sent.headers.filter(([name]) => !/^x-local-(caller|claims)$/i.test(name));
  return { request: { ...sent, headers }, authorizer: callers.map(toIam)[0] ?? claims.map(toJwt)[0] };
}

const valuesOf = ({ headers }: GatewayRequest, wanted: string): string[] =>
  headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);

/** ARNs of callers: users, assumed roles with their session, federated users and the root user (IAM user guide, "IAM identifiers"). */
const callerArn =
  /^arn:aws[a-z-]*:(?:iam::(\d{12}):(?:root|user\/[\x21-\x7e]+)|sts::(\d{12}):(?:assumed-role\/[^/\s]+\/[^/\s]+|federated-user\/[^/\s]+))$/;

function toIam(userArn: string): Authorizer {
  const [, user, session] = callerArn.exec(userArn) ?? [];
  const accountId = user ?? session;
  if (accountId) return { iam: { userArn, accountId } };
  throw invalid(
    'X-Local-Caller is the ARN of a user or of the session of a role, such as arn:aws:iam::123456789012:user/ana ' +
      `or arn:aws:sts::123456789012:assumed-role/Orders/ana, not ${toPrintable(userArn)}.`,
  );
}

function toJwt(text: string): Authorizer {
  const claims = parseObject(Buffer.from(text, 'latin1').toString()); // Node decodes headers as Latin-1
  if (claims)
    return {
      jwt: {
        claims: Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, toClaim(name, value)])),
        scopes: null,
      },
    };
  throw invalid(`X-Local-Claims is a JSON object, such as {"sub":"ana","team":"orders"}, not ${toPrintable(text)}.`);
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Returns a claim as API Gateway delivers it: as text, a list as `[a b]`. */
function toClaim(name: string, value: unknown): string {
  if (isScalar(value)) return String(value);
  if (Array.isArray(value) && value.every(isScalar)) return `[${value.join(' ')}]`;
  throw invalid(
    `The claim ${toPrintable(name)} in X-Local-Claims is a text, a number, true, false or a list of these, not ${toPrintable(JSON.stringify(value))}.`,
  );
}

const isScalar = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

const invalid = (detail: string) => new Refusal(400, 'The local identity is not valid', detail);
