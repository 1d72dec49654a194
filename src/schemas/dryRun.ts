import type { JSONSchema } from 'json-schema-to-ts';

/** The query of a change that can be tried out. */
export const dryRunQuery = {
  type: 'object',
  properties: {
    DryRun: {
      type: 'boolean',
      description: 'With true nothing is changed: the answer tells what would be done, and whether it can be.',
      examples: [true],
    },
  },
  additionalProperties: false,
} as const;

/** What one rule says of a request. */
export const findings = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      Id: { type: 'string', description: 'Which rule it is; stable.', examples: ['primary-available'] },
      Outcome: {
        type: 'string',
        enum: ['pass', 'warn', 'fail'],
        description: 'warn: worth a look, or AWS did not tell. AWS has the last word in any case.',
      },
      Detail: { type: 'string' },
      Pointer: { type: 'string', description: 'The place in the body that it is about (RFC 6901).' },
    },
    required: ['Id', 'Outcome', 'Detail'],
    additionalProperties: false,
  },
} as const;

/** The answer to a change that was only tried out. */
export const dryRunAnswer = {
  type: 'object',
  properties: {
    Valid: { type: 'boolean', description: 'Whether no check failed.' },
    Checks: findings,
    Plan: { type: 'array', items: { type: 'string' }, description: 'What would be done, in words and in order.' },
  },
  required: ['Valid', 'Checks', 'Plan'],
  additionalProperties: false,
} as const;

/** The answer of a route that can be tried out: `answer`, or with `?DryRun=true` the findings. */
export const orDryRunResult = <const S extends JSONSchema>(answer: S) => ({ anyOf: [answer, dryRunAnswer] }) as const;
