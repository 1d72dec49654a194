import type { JSONSchema } from 'json-schema-to-ts';
import type { Route } from './route.ts';

/** The query of a change with a dry run. */
export const dryRunQuery = {
  type: 'object',
  properties: {
    DryRun: {
      type: 'boolean',
      description:
        'True to check the change without making it. The response lists the planned changes and the results of the checks.',
      examples: [true],
    },
  },
  additionalProperties: false,
} as const;

/** The results of the checks of a request. */
export const findings = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      Id: { type: 'string', description: 'The stable id of the check.', examples: ['primary-available'] },
      Outcome: {
        type: 'string',
        enum: ['pass', 'warn', 'fail'],
        description:
          'pass: the check passed. warn: needs attention, or AWS did not provide the data. fail: the change is refused. AWS makes the final decision in each case.',
      },
      Detail: { type: 'string', description: 'The result in words.' },
      Pointer: {
        type: 'string',
        description: 'The place in the body that the check is about, as a JSON pointer (RFC 6901).',
      },
    },
    required: ['Id', 'Outcome', 'Detail'],
    additionalProperties: false,
  },
} as const;

/** The response to a dry run. */
export const dryRunAnswer = {
  type: 'object',
  properties: {
    Valid: { type: 'boolean', description: 'True if no check failed.' },
    Checks: findings,
    Plan: { type: 'array', items: { type: 'string' }, description: 'The planned changes in words and in order.' },
    ChangesNothing: {
      type: 'boolean',
      description:
        'True if the present state is already the requested one, so that the change would call nothing. Left out otherwise.',
    },
  },
  required: ['Valid', 'Checks', 'Plan'],
  description: 'The results of the checks and the planned changes.',
  additionalProperties: false,
} as const;

/** A contract of a change before its dry run is added. It responds with 202, or with 200 if it is complete at once. */
interface ChangeContract extends Omit<Route, 'responses'> {
  readonly responses:
    | { readonly 202: JSONSchema; readonly 200?: never }
    | { readonly 200: JSONSchema; readonly 202?: never };
}

type QueryProperties<C extends ChangeContract> = C extends { readonly query: { readonly properties: infer P } }
  ? P
  : Record<never, never>;

type Answer<C extends ChangeContract> = C['responses'] extends { readonly 202: infer Accepted }
  ? Accepted
  : C['responses'][200];

/** The contract of a change with its dry run. */
type WithDryRun<C extends ChangeContract> = Omit<C, 'query' | 'responses'> & {
  readonly query: {
    readonly type: 'object';
    readonly properties: QueryProperties<C> & typeof dryRunQuery.properties;
    readonly additionalProperties: false;
  };
  readonly responses: {
    readonly 200: { readonly anyOf: readonly [Answer<C>, typeof dryRunAnswer] };
  } & (C['responses'] extends { readonly 202: infer Accepted } ? { readonly 202: Accepted } : Record<never, never>);
};

/**
 * Returns the contract of a change that can be tried with `?DryRun=true`: its query takes DryRun, and its 200 is the body of the
 * change or the result of the dry run. `defineChange` requires `preflight` for it.
 */
export function withDryRun<const C extends ChangeContract>(contract: C): WithDryRun<C> {
  const { query, responses } = contract;
  const answer = responses[202] ?? responses[200];
  return {
    ...contract,
    query: { ...dryRunQuery, properties: { ...dryRunQuery.properties, ...query?.properties } },
    responses: { ...responses, 200: { anyOf: [answer, dryRunAnswer] } },
  } as unknown as WithDryRun<C>; // TypeScript does not evaluate the conditional type of a type parameter
}
