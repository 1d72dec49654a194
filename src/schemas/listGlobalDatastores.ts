import { paging } from './paging.ts';

/** The query of a list of datastores. */
export const listQuery = {
  type: 'object',
  properties: {
    ...paging,
    ShowMemberInfo: {
      type: 'boolean',
      description: 'Whether the datastores show their Members; false when left out, as with AWS.',
      examples: [true],
    },
  },
  additionalProperties: false,
} as const;
