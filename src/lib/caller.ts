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
  readonly claims?: { readonly sub?: unknown } | null;
}

/**
 * Returns the caller as the authorizer identified it: the IAM identity, or else the subject of the token. Headers are never
 * used. Reads the payloads of HTTP APIs and of REST APIs. Without an authorizer, as in local use, every caller is `local`.
 */
export function callerOf(event: { readonly requestContext: object }): Caller {
  const arn = identityOf(event);
  const subject = claimsOf(event)?.sub;
  const name = arn ?? (typeof subject === 'string' ? subject : 'local');
  return { name, principal: name.replace(sessionSuffix, '$1') };
}

/** Returns the claims of the token, if the caller is authenticated by a token. */
export function claimsOf(event: { readonly requestContext: object }): Readonly<Record<string, unknown>> | undefined {
  const { authorizer } = event.requestContext as AuthenticatedContext;
  return identityOf(event) ? undefined : (authorizer?.jwt?.claims ?? authorizer?.claims ?? undefined);
}

function identityOf({ requestContext }: { readonly requestContext: object }): string | undefined {
  const { authorizer, identity } = requestContext as AuthenticatedContext;
  return authorizer?.iam?.userArn ?? identity?.userArn ?? undefined;
}

/** An ARN of a role with its session, such as `arn:aws:sts::123456789012:assumed-role/Deployer/build-4711`. */
const sessionSuffix = /^(arn:[\w-]+:sts::\d*:assumed-role\/[^/]+)\/.*$/;
