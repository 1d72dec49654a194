// Pruned at build time by build/plugins/schemaPruning.ts.

/** A character that is not white space, as ECMAScript defines it; other engines have another `\s`. */
const visible = '[^\\t-\\r \\xA0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000\uFEFF]';

/** The members of a body that guard a failover. */
export const failoverGuard = {
  MaxLagSeconds: {
    type: 'integer',
    minimum: 0,
    maximum: 2_147_483_647,
    description:
      'How many seconds the new primary may be behind at most. Left out, the lag is not read, unless a policy sets a limit: a failover then does not depend on CloudWatch.',
    examples: [5],
  },
  Override: {
    type: 'boolean',
    description:
      'True to replace the limit of the policy by MaxLagSeconds, or by none. Requires a Reason, and that the policy names the caller. Without a limit in the policy it changes nothing.',
    examples: [true],
  },
  Reason: {
    type: 'string',
    minLength: 1,
    maxLength: 256,
    pattern: visible,
    description:
      'The reason for the failover. It goes to the log and to the audit entry, not to AWS. A policy can require it.',
    examples: ['us-east-1 is impaired, incident 4711'],
  },
} as const;

/** The members that a member of the guard requires. */
export const failoverGuardRules = { Override: ['Reason'] } as const;
