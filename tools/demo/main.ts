import { setTimeout as sleep } from 'node:timers/promises';
import { type GlobalDatastores, globalDatastores } from '../../client/index.ts';
import { startLocalApi } from '../localApi.ts';
import { openShop, type Shop } from './shop.ts';

/** The region that is lost, and the others. */
const [home, ...others] = ['us-east-1', 'eu-west-1', 'ap-southeast-2'] as const;
const GlobalReplicationGroupId = 'ldgnf-orders';

/** The time after which the demo ends in any case. */
const limitMs = 55_000;

const tell = (message: string): void => console.log(`       ${message}`);

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const api = await startLocalApi(['--data-plane'], { REGIONS: [...others, home].join(',') });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void end(130));
setTimeout(() => end(1, `It did not end within ${limitMs / 1000} s.`), limitMs).unref();
try {
  await run(globalDatastores({ url: api.url }));
  await end(0);
} catch (error) {
  await end(1, (error as Error).message);
}

/** Ends the servers and this process. */
async function end(code: number, message?: string): Promise<never> {
  if (message) console.error(`The demo failed: ${message}`);
  await api.kill();
  process.exit(code);
}

async function run(client: GlobalDatastores): Promise<void> {
  const { DataPlane } = await client.getHealth({});
  if (!DataPlane) throw new Error(api.messages.find((message) => message.startsWith('No data plane')));
  console.log(`A datastore in three regions, with ${DataPlane} in each. An application writes orders in ${home}.`);
  const shop = openShop(...(await createDatastore(client)));
  const stopTable = printTable(shop);
  await sleep(3_500);

  const lostAt = Date.now();
  tell(`${home} is lost.`);
  await setLost(true);
  await sleep(2_000);
  const askedAt = Date.now();
  tell('An evacuation is requested: POST /evacuations');
  const { Writer, WritableAt, LostWrites } = await evacuate(client);
  tell(`${Writer.Region} is the primary. WritableAt: ${WritableAt}, LostWrites: ${LostWrites}`);
  const missing = await shop.missingIn(Writer.Region);
  const { ms, until } = shop.longestPause();
  await sleep(2_000);

  tell(`${home} is back.`);
  await setLost(false);
  const kept = shop.confirmed.length - missing.length;
  while (((await shop.countIn(home)) ?? 0) < kept) await sleep(200);
  tell(`${home} is a secondary, and has the orders of ${Writer.Region}.`);
  await sleep(2_000);
  stopTable();
  await shop.close();
  console.log(`
No write was possible for ${seconds(ms)}: the evacuation was requested ${seconds(askedAt - lostAt)} after the loss, and ${Writer.Region} took a write
${seconds(until - askedAt)} later. ${missing.length} of ${shop.confirmed.length} orders are lost: ${home} had confirmed them, and they had not arrived in ${Writer.Region}.`);
}

/** Creates the datastore. Returns the endpoints at which the application writes and reads. */
async function createDatastore(client: GlobalDatastores): Promise<Parameters<typeof openShop>> {
  await client.createGlobalDatastore(
    {
      GlobalReplicationGroupIdSuffix: 'orders',
      PrimaryReplicationGroupId: 'orders-use1',
      PrimaryReplicationGroupRegion: home,
    },
    { wait: 20 },
  );
  for (const region of others)
    await client.addMember(
      { GlobalReplicationGroupId, ReplicationGroupId: `orders-${region}`, ReplicationGroupRegion: region },
      { wait: 20 },
    );
  const { FixedWriter, Readers } = await client.getConnection({ GlobalReplicationGroupId });
  if (!FixedWriter) throw new Error('The datastore has no endpoint for writes.');
  return [FixedWriter, Readers];
}

/** Evacuates the region, and returns the result for the datastore. */
async function evacuate(client: GlobalDatastores) {
  let { Evacuation } = await client.startEvacuation({ FromRegion: home, Reason: 'The region does not respond.' });
  while (Evacuation.Status === 'RUNNING') {
    await sleep(200);
    ({ Evacuation } = await client.getEvacuation(Evacuation));
  }
  const [{ Reason, Writer, ...result } = {}] = Evacuation.Datastores ?? [];
  if (!Writer) throw new Error(Reason);
  return { ...result, Writer };
}

/** Stops or resumes the region with its servers and links. */
async function setLost(isLost: boolean): Promise<void> {
  await fetch(`${api.elastiCache}/_emulator/regions/${home}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ Lost: isLost }),
  });
}

/** Prints each second how many orders are confirmed, and how many each region has. Returns the function that stops it. */
function printTable(shop: Shop): () => void {
  const start = Date.now();
  const printRow = ([first = '', ...cells]: string[]) =>
    console.log(first.padStart(6) + cells.map((cell) => cell.padStart(16)).join(''));
  printRow(['', 'confirmed', ...shop.regions]);
  const timer = setInterval(async () => {
    const [time, confirmed] = [Math.round((Date.now() - start) / 1000), shop.confirmed.length];
    const counts = await Promise.all(shop.regions.map(shop.countIn));
    printRow([`${time} s`, `${confirmed}`, ...counts.map((count) => `${count ?? 'silent'}`)]);
  }, 1_000);
  return () => clearInterval(timer);
}
