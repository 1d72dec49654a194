import { exampleEvent } from '../build/codeCache/exampleEvent.ts';
import type { Route } from '../src/schemas/route.ts';
import { routes } from '../src/schemas/routes.ts';
import { start } from './function.ts';
import { type Conditions, coldStart, instructions } from './measure.ts';
import { requests } from './requests.ts';
import { median, shuffled } from './statistics.ts';
import { markdown } from './table.ts';
import { handmade, ourFunction, type Variant } from './variants.ts';
import type { World } from './world.ts';

type Event = Conditions['event'];

/** What the examples of the routes lack to succeed in the world of the benchmark. */
const fitting: Readonly<Record<string, (event: Event) => Event>> = {
  createGlobalDatastore: () => requests.good,
  addMember: (event) => ({
    ...event,
    body: JSON.stringify({ ReplicationGroupId: 'orders-apse2', ReplicationGroupRegion: 'ap-southeast-2' }),
  }),
  removeMember: (event) => ({
    ...event,
    pathParameters: {
      ...event.pathParameters,
      ReplicationGroupRegion: 'eu-west-1',
      ReplicationGroupId: 'orders-euw1',
    },
  }),
};

/** The cold start of each of our functions, by CPU or instructions, beside the same calls by hand. */
export async function measureFunctions(world: World, rounds: number, counted: boolean, only: string): Promise<void> {
  const rows: Record<string, string>[] = [];
  for (const [name, route] of Object.entries(routes as Readonly<Record<string, Route>>)) {
    if (!name.includes(only)) continue;
    const event = (fitting[name] ?? ((given: Event) => given))(exampleEvent(route));
    const ours = await ourFunction(name, 'ours');
    const { status, calls } = await callsOf(ours, route, event, world);
    const limit = await handmade();
    const environment = { ...world.environment, LIMIT_CALLS: calls.join(',') };
    const compared = [limit, ours, await ourFunction(name, 'uncached')];
    const cost = await costs(compared, { environment, event }, rounds, counted);
    rows.push({ function: name, status: `${status}`, calls: `${calls.length}`, ...row(compared, cost, counted) });
    console.error(`${name} …`);
  }
  console.log(markdown(rows));
  console.log(
    `\nThe limit makes the same calls by hand. ${counted ? 'Millions of instructions.' : 'Milliseconds of CPU.'}`,
  );
}

/**
 * The calls that a function makes: of ElastiCache as the emulator has seen them; of DynamoDB the word that a change leaves at its
 * datastore and its audit entry; one signed call of JSON for those that ask another service; one at least, for what the limit
 * is measured with.
 */
async function callsOf(ours: Variant, route: Route, event: Event, world: World) {
  const { root, bundle: name } = ours;
  const control = `${world.emulator}/_emulator/calls`;
  await fetch(control, { method: 'DELETE' });
  const started = await start({ root, name, environment: world.environment });
  const { answer } = await started.invoke(event);
  await started.end();
  const { Calls } = (await (await fetch(control)).json()) as { Calls: readonly { Action: string }[] };
  const changes = route.method !== 'GET';
  const word = changes && route.path.includes('{GlobalReplicationGroupId}') ? ['PutItem'] : [];
  const entry = changes || Calls.length === 0 ? ['PutItem'] : [];
  return { status: answer.statusCode, calls: [...word, ...Calls.map(({ Action }) => Action), ...entry] };
}

async function costs(variants: readonly Variant[], conditions: Conditions, rounds: number, counted: boolean) {
  const cost = new Map<Variant, number[]>(variants.map((variant) => [variant, []]));
  if (counted) {
    for (const variant of variants) cost.set(variant, [(await instructions(variant, conditions, false)).cold]);
    return cost;
  }
  for (let round = 0; round < rounds; round++)
    for (const variant of shuffled(variants)) cost.get(variant)?.push((await coldStart(variant, conditions)).cpu);
  return cost;
}

function row(
  [limit, ours, uncached]: readonly Variant[],
  cost: ReadonlyMap<Variant, readonly number[]>,
  counted: boolean,
): Record<string, string> {
  const of = (variant: Variant | undefined) => (variant && cost.get(variant)) ?? [];
  const ratio = (variant: Variant | undefined, most: number) => {
    const times = median(of(variant).map((each, round) => each / (of(limit)[round] ?? Number.NaN)));
    return `${times.toFixed(2)} ${times <= most ? '✓' : '✗'}`;
  };
  const { raw = 0, gzip = 0 } = ours?.bytes ?? {};
  return {
    limit: median(of(limit)).toFixed(counted ? 0 : 1),
    ours: median(of(ours)).toFixed(counted ? 0 : 1),
    '× limit (1.20)': ratio(ours, 1.2),
    '× without cache (1.40)': ratio(uncached, 1.4),
    'KB raw (200)': `${(raw / 1000).toFixed(0)} ${raw <= 200_000 ? '✓' : '✗'}`,
    'KB gzip (65)': `${(gzip / 1000).toFixed(0)} ${gzip <= 65_000 ? '✓' : '✗'}`,
  };
}
