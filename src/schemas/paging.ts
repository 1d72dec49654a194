import { text } from './common.ts';

/**
 * Query parameters of a list. DescribeReplicationGroups publishes the limits 20 and 100; for
 * DescribeGlobalReplicationGroups AWS publishes none and the same are taken (UNV).
 */
export const paging = {
  MaxRecords: {
    type: 'integer',
    minimum: 20,
    maximum: 100,
    description: 'The most entries on a page, 20 to 100; 100 when left out.',
    examples: [20],
  },
  Marker: {
    type: 'string',
    minLength: 1,
    maxLength: 4096,
    pattern: text,
    description: 'Where the page begins: the Marker of the page before.',
  },
} as const;
