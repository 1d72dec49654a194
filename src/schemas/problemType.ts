// Pruned at build time by build/plugins/schemaPruning.ts.
/** The explanation of a problem type. */
export const problemKindAnswer = {
  type: 'object',
  description: 'The problem type.',
  properties: {
    Problem: {
      type: 'object',
      properties: {
        Code: { type: 'string', examples: ['InvalidGlobalReplicationGroupStateFault'] },
        Status: { type: 'integer', description: 'The HTTP status of the response.', examples: [409] },
        Title: { type: 'string', examples: ['The state of the global datastore does not allow this'] },
        Origin: {
          type: 'string',
          enum: ['ElastiCache', 'API'],
          description: 'The origin of the refusal or the failure.',
        },
        Advice: { type: 'string', description: 'An instruction for the caller.' },
        Retry: { type: 'boolean', description: 'True if the same request may succeed later without a change.' },
        RetryAfterSeconds: {
          type: 'integer',
          description: 'Seconds to wait before a retry. Left out if no useful time is known.',
        },
        Command: { type: 'string', description: 'A command that resolves the problem, if there is one.' },
      },
      required: ['Code', 'Status', 'Title', 'Origin', 'Advice', 'Retry'],
      additionalProperties: false,
    },
  },
  required: ['Problem'],
  additionalProperties: false,
} as const;
