import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { FromSchema, JSONSchema } from 'json-schema-to-ts';
import type { Caller } from '../lib/caller.ts';
import type { parameters } from './pathParameters.ts';
import type { PathNames, Route } from './route.ts';

type Typed<Schema> = Schema extends JSONSchema ? FromSchema<Schema> : Record<never, never>;

/** A request as handlers receive it: authenticated, parsed and validated. */
export interface ApiRequest<R extends Route> {
  readonly path: { readonly [Name in PathNames<R['path']> & keyof typeof parameters]: string };
  readonly query: Typed<R['query']>;
  readonly body: Typed<R['body']>;
  readonly caller: Caller;
  /** The owner of the subject, for which the caller acts. Set by ownership if the policy has owners. */
  readonly owner?: string;
  /** Aborts at the deadline of the request; each call to AWS uses it. */
  readonly signal: AbortSignal;
  /** The deadline in epoch milliseconds. */
  readonly endsAt: number;
  readonly requestId: string;
  readonly event: APIGatewayProxyEventV2;
}

/** A response as handlers return it: a status that the contract declares, with the body of that status. */
export type ApiResponse<R extends Route> = AnyResponse &
  {
    [Status in keyof R['responses'] & number]: {
      readonly status: Status;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body: Typed<R['responses'][Status]>;
    };
  }[keyof R['responses'] & number];

/** A request of any contract, for code that handles all contracts. */
export type AnyRequest = Omit<ApiRequest<Route>, 'path' | 'query' | 'body'> & {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
};

/** A response of any contract. */
export interface AnyResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}
