/** Who sends a request, as API Gateway has authenticated him. */
export interface Caller {
  /** Whom the log and the audit name: the whole ARN of an IAM identity, or the subject of a token. */
  readonly name: string;
  /** Whose idempotency keys these are: a role whatever its session is called, for many clients give each process another. */
  readonly principal: string;
  /** What his token says of him, where he brought one. */
  readonly claims?: Readonly<Record<string, unknown>>;
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
export function callerOf({ requestContext }: { readonly requestContext: object }): Caller {
  const { authorizer, identity } = requestContext as Authenticated;
  const arn = authorizer?.iam?.userArn ?? identity?.userArn;
  const claims = authorizer?.jwt?.claims ?? authorizer?.claims ?? undefined;
  const subject = claims?.sub;
  const name = arn ?? (typeof subject === 'string' ? subject : 'local');
  return { name, principal: name.replace(session, '$1'), ...(!arn && claims && { claims }) };
}

/** `arn:aws:sts::123456789012:assumed-role/Deployer/build-4711`: the session's name comes last. */
const session = /^(arn:[\w-]+:sts::\d*:assumed-role\/[^/]+)\/.*$/;
