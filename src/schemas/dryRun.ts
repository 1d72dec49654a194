import type { JSONSchema } from 'json-schema-to-ts';

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
  },
  required: ['Valid', 'Checks', 'Plan'],
  description: 'The results of the checks and the planned changes.',
  additionalProperties: false,
} as const;

/** Creates the response schema of a route with a dry run: `response`, or the results of the checks with `?DryRun=true`. */
export const orDryRunResult = <const S extends JSONSchema>(response: S) =>
  ({ anyOf: [response, dryRunAnswer] }) as const;
