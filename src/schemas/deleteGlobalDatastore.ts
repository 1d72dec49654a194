import { supersede } from './applyTopology.ts';
import { dryRunQuery } from './dryRun.ts';

/** The query of a deletion. */
export const deleteQuery = {
  ...dryRunQuery,
  properties: {
    ...dryRunQuery.properties,
    DetachSecondaries: {
      type: 'boolean',
      description:
        'With true an operation detaches all secondaries, waits until they are gone, and then deletes the datastore.',
      examples: [true],
    },
    Supersede: supersede,
  },
} as const;
