import type { GatewayResponse } from './apiGateway/message.ts';

/** A request that `npm start` refuses itself, before it reaches the model of API Gateway. */
export class Refusal extends Error {
  readonly status: 400 | 403;
  readonly title: string;

  constructor(status: 400 | 403, title: string, detail: string) {
    super(detail);
    this.status = status;
    this.title = title;
  }

  /** Returns the response, as problem+json. */
  toResponse(): GatewayResponse {
    const { status, title, message: detail } = this;
    return {
      status,
      headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
      cookies: [],
      body: Buffer.from(JSON.stringify({ type: 'about:blank', title, status, detail })),
    };
  }
}
