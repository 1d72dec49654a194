/** Who sends a request, as API Gateway has authenticated him. */
export interface Caller {
  /** Whom the log and the audit name: the whole ARN of an IAM identity, or the subject of a token. */
  readonly name: string;
  /** Whose idempotency keys these are: a role whatever its session is called, for many clients give each process another. */
  readonly principal: string;
}

/** The parts of both payload versions that say who calls; the types of AWS know only some of them. */
interface Authenticated {
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
 * The caller by the authorizer's word alone, never by a header: IAM first, then the token's subject, in an HTTP API's
 * payload and in a REST API's. Without an authorizer, as on a laptop, everybody is `local`.
 */
export function callerOf(event: { readonly requestContext: object }): Caller {
  const arn = identityOf(event);
  const subject = claimsOf(event)?.sub;
  const name = arn ?? (typeof subject === 'string' ? subject : 'local');
  return { name, principal: name.replace(session, '$1') };
}

/** What the token of a caller says of him, where he is known by a token. */
export function claimsOf(event: { readonly requestContext: object }): Readonly<Record<string, unknown>> | undefined {
  const { authorizer } = event.requestContext as Authenticated;
  return identityOf(event) ? undefined : (authorizer?.jwt?.claims ?? authorizer?.claims ?? undefined);
}

function identityOf({ requestContext }: { readonly requestContext: object }): string | undefined {
  const { authorizer, identity } = requestContext as Authenticated;
  return authorizer?.iam?.userArn ?? identity?.userArn ?? undefined;
}

/** `arn:aws:sts::123456789012:assumed-role/Deployer/build-4711`: the session's name comes last. */
const session = /^(arn:[\w-]+:sts::\d*:assumed-role\/[^/]+)\/.*$/;
