// Pruned at build time by build/plugins/schemaPruning.ts.
/** What a kind of problem means, and what to do about it. */
export const problemKindAnswer = {
  type: 'object',
  properties: {
    Problem: {
      type: 'object',
      properties: {
        Code: { type: 'string', examples: ['InvalidGlobalReplicationGroupStateFault'] },
        Status: { type: 'integer', description: 'The HTTP status that it comes with.', examples: [409] },
        Title: { type: 'string', examples: ['Global datastore is not in a state that allows this'] },
        Origin: { type: 'string', enum: ['ElastiCache', 'API'], description: 'Whose refusal or failure it is.' },
        Advice: { type: 'string', description: 'What the caller can do.' },
        Retry: { type: 'boolean', description: 'Whether the same request may succeed later, unchanged.' },
        RetryAfterSeconds: { type: 'integer', description: 'When to send it again; left out where nobody knows.' },
        Command: { type: 'string', description: 'A command that mends it, where there is one.' },
      },
      required: ['Code', 'Status', 'Title', 'Origin', 'Advice', 'Retry'],
      additionalProperties: false,
    },
  },
  required: ['Problem'],
  additionalProperties: false,
} as const;
