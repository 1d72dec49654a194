/** The configuration of the sign-in, as in `/console/config.json`. */
export type SignInConfiguration =
  /** No sign-in: the API determines the caller of each request. */
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
  /** The requested scopes, separated by spaces. */
  readonly scope: string;
  /** More parameters of the request for a code, such as the audience that some issuers need. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Other origins of the issuer, such as that of its token endpoint. */
  readonly origins?: readonly string[];
}
