/** How people sign in at the page: what `/console/config.json` says. */
export type SignInConfiguration =
  /** Not at all: every request has the caller that the API gives it. */
  | { readonly kind: 'none' }
  /** By the choice of a caller of `npm start`. */
  | { readonly kind: 'local'; readonly callers: readonly string[] }
  /** With OpenID Connect. */
  | OpenIdConnect;

/** A client of an issuer of tokens. */
export interface OpenIdConnect {
  readonly kind: 'oidc';
  /** The issuer: `/.well-known/openid-configuration` is below it. */
  readonly authority: string;
  readonly clientId: string;
  /** The scopes to ask for, separated by spaces. */
  readonly scope: string;
  /** More parameters of the request for a code, such as the audience that some issuers need. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Other origins of the issuer, such as that of its token endpoint. */
  readonly origins?: readonly string[];
}
