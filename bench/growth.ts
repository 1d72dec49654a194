import { event } from '../build/event.ts';
import { createEmulator } from '../emulator/server.ts';
import { start } from './function.ts';
import { median } from './statistics.ts';
import { markdown } from './table.ts';
import { ourFunction } from './variants.ts';
import type { World } from './world.ts';

/** What grows with the number of datastores: the time of a page of the list, seen from the function. */
export async function growth({ environment }: World): Promise<void> {
  const rows: Record<string, string>[] = [];
  for (const count of [10, 1_000, 100_000]) rows.push(await listed(count, environment));
  console.log(markdown(rows));
}

async function listed(count: number, environment: World['environment']): Promise<Record<string, string>> {
  const emulator = createEmulator({ transitionMs: Number.POSITIVE_INFINITY });
  const url = await new Promise<string>((resolve) => {
    emulator.listen(0, '127.0.0.1', () => {
      const address = emulator.address();
      resolve(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
    });
  });
  const { globalGroups } = emulator.store.mine;
  for (let index = 0; index < count; index++) {
    const id = `ldgnf-store-${String(index).padStart(6, '0')}`;
    globalGroups[id] = { id, description: ' ', members: [], changes: [] };
  }
  const { root, bundle: name } = await ourFunction('listGlobalDatastores', 'ours');
  const started = await start({ root, name, environment: { ...environment, AWS_ENDPOINT_URL_ELASTICACHE: url } });
  const times: number[] = [];
  for (let request = 0; request < 20; request++) {
    const begun = performance.now();
    const { done } = await started.invoke(event('GET', '/global-datastores'));
    times.push(done.ms - begun);
  }
  await started.end();
  emulator.close();
  emulator.closeAllConnections();
  return { datastores: `${count}`, 'page ms': median(times.slice(5)).toFixed(1) };
}
