import type { SignInConfiguration } from '../src/signInConfiguration.ts';

/** Returns the sign-in of the console of a deployment: with OpenID Connect, if the API accepts tokens. */
export function signInOf(environment: Readonly<Record<string, string | undefined>>): SignInConfiguration {
  const { AUTH, ISSUER = '', AUDIENCE = '', SCOPE_PREFIX = '', CLIENT_ID = '', SCOPES, ORIGINS } = environment;
  if (!AUTH?.includes('jwt')) return { kind: 'none' };
  return {
    kind: 'oidc',
    authority: ISSUER,
    clientId: CLIENT_ID,
    scope: SCOPES || ['openid', ...rights.map((right) => SCOPE_PREFIX + right)].join(' '),
    parameters: { audience: AUDIENCE }, // issuers without support for it ignore it (RFC 6749 §3.1)
    origins: ORIGINS?.split(' ').filter(Boolean) ?? [],
  };
}

const rights = ['viewer', 'operator', 'break-glass'];
