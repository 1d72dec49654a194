/** The query of a removal. */
export const removeQuery = {
  type: 'object',
  properties: {
    DeleteReplicationGroup: {
      type: 'boolean',
      const: false,
      description:
        'This API never deletes data: the member is detached and goes on as a standalone replication group. Delete that yourself when you no longer need it.',
    },
  },
  additionalProperties: false,
} as const;
