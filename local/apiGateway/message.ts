/** A request as it arrives at API Gateway. */
export interface GatewayRequest {
  readonly method: string;
  /** The request target as it was sent: the path and the query. */
  readonly target: string;
  /** The header fields in order. A repeated field appears more than once. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: Uint8Array;
  readonly sourceIp?: string;
}

/** A response as API Gateway sends it. */
export interface GatewayResponse {
  readonly status: number;
  /** The header fields by lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The values of the `Set-Cookie` fields. */
  readonly cookies: readonly string[];
  readonly body: Uint8Array;
}
