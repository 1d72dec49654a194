import { config } from '../config.ts';

/** The sender of a request, as API Gateway authenticated it. */
export interface Caller {
  /** The name in logs and audit entries: the full ARN of an IAM identity, or the subject of a token. */
  readonly name: string;
  /** The owner of idempotency keys: the name, for a role without its session. Many clients use a session for each process. */
  readonly principal: string;
}

/** The parts of both payload versions that identify the caller. The types of AWS have only some of them. */
interface AuthenticatedContext {
  readonly authorizer?: {
    readonly iam?: { readonly userArn?: string | null } | null;
    readonly jwt?: Claims | null;
    readonly claims?: Claims['claims'];
  } | null;
  readonly identity?: { readonly userArn?: string | null } | null;
}

interface Claims {
  readonly claims?: Readonly<Record<string, unknown>> | null;
}

/**
 * Returns the caller as the authorizer identified it: the IAM identity, or else the subject of the token. Headers are never
 * used. Reads the payloads of HTTP APIs and of REST APIs. Returns undefined for a token without a usable subject. Without an
 * authorizer, every caller of `npm start` is `config.localCaller`. Elsewhere it is undefined.
 */
export function callerOf(event: { readonly requestContext: object }): Caller | undefined {
  const claims = claimsOf(event);
  const name = identityOf(event) ?? (claims ? subjectOf(claims) : config.localCaller);
  return name === undefined ? undefined : { name, principal: name.replace(sessionSuffix, '$1') };
}

/** Returns the claims of the token, if the caller is authenticated by a token. */
export function claimsOf(event: { readonly requestContext: object }): Readonly<Record<string, unknown>> | undefined {
  const { authorizer } = event.requestContext as AuthenticatedContext;
  return identityOf(event) ? undefined : (authorizer?.jwt?.claims ?? authorizer?.claims ?? undefined);
}

/**
 * Returns the values of a claim. An HTTP API delivers the claim `["a", "b"]` as the text `[a b]`, so a value in a list has no spaces.
 */
export function valuesOfClaim(claim: unknown): string[] {
  if (typeof claim !== 'string') return [];
  const list = /^\[(.*)\]$/s.exec(claim)?.[1];
  return list === undefined ? [claim] : list.split(/\s+/);
}

function identityOf({ requestContext }: { readonly requestContext: object }): string | undefined {
  const { authorizer, identity } = requestContext as AuthenticatedContext;
  return authorizer?.iam?.userArn || identity?.userArn || undefined;
}

/** Returns the subject of a token, unless it is no single text, is empty, or could be taken for an IAM identity. */
function subjectOf({ sub }: Readonly<Record<string, unknown>>): string | undefined {
  return typeof sub === 'string' && sub.trim() !== '' && !/^(\[.*\]|arn:.*)$/s.test(sub) ? sub : undefined;
}

/** An ARN of a role with its session, such as `arn:aws:sts::123456789012:assumed-role/Deployer/build-4711`. */
const sessionSuffix = /^(arn:[\w-]+:sts::\d*:assumed-role\/[^/]+)\/.*$/;
