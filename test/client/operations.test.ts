import { readFile } from 'node:fs/promises';
import { expect, expectTypeOf, test } from 'vitest';
import type { GlobalDatastores } from '../../client/index.ts';
import { operations } from '../../client/operations.ts';
import { routes } from '../../src/schemas/routes.ts';
import { operationsSource } from '../../tools/client/generate.ts';

/** Returns a source without the characters that a formatter may change. */
const bare = (source: string) => source.replaceAll(/[\s"';,|()]/g, '');

test('The client has every operation of the API, typed by its schemas (npm run generate)', async () => {
  const committed = await readFile(new URL('../../client/operations.ts', import.meta.url), 'utf8');

  expect(Object.keys(operations)).toEqual(Object.keys(routes));
  expect(bare(committed) === bare(await operationsSource()), 'client/operations.ts is stale').toBe(true);
});

test('An operation takes its path, its query and its body as one object', () => {
  expectTypeOf<Parameters<GlobalDatastores['failoverGlobalDatastore']>[0]>().toEqualTypeOf<{
    GlobalReplicationGroupId: string;
    PrimaryRegion: string;
    PrimaryReplicationGroupId?: string;
    MaxLagSeconds?: number;
    Override?: boolean;
    Reason?: string;
  }>();
});
