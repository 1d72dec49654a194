import type { Code } from '../problems/problemTypes.ts';

/** The rule for AUTH tokens (ElastiCache user guide, "Authenticating with the AUTH command"). */
export const authTokenRule = { minLength: 16, maxLength: 128, pattern: '^[A-Za-z0-9!&#$^<>-]+$' } as const;

/** Returns whether ElastiCache accepts a text as an AUTH token. */
export const isAuthToken = (text: string): boolean =>
  text.length >= authTokenRule.minLength &&
  text.length <= authTokenRule.maxLength &&
  new RegExp(authTokenRule.pattern).test(text);

/** The secret with the AUTH token, for every request that can name one. */
export const authTokenSecretArn = {
  type: 'string',
  maxLength: 2048,
  pattern: '^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+$',
  description:
    'The ARN of the secret in AWS Secrets Manager with the password: the whole text of the secret, or `password` in a JSON object. The API reads the secret when it needs the password.',
  examples: ['arn:aws:secretsmanager:us-east-1:123456789012:secret:elasticache/orders-AbCdEf'],
} as const;

/** The problems of a request that reads a secret. */
export const secretProblems = [
  'SecretNotFound',
  'SecretAccessDenied',
  'SecretInvalid',
  'SecretUnavailable',
] as const satisfies Code[];
