import { exampleEvent } from '../build/codeCache/exampleEvent.ts';
import type { Route } from '../src/schemas/route.ts';
import { routes } from '../src/schemas/routes.ts';
import { type Conditions, callsOf, coldStart, countColdInstructions } from './measure.ts';
import { requests } from './requests.ts';
import { median, shuffled } from './statistics.ts';
import { markdown } from './table.ts';
import { changes, maximumBytes, reads } from './targets.ts';
import { handwritten, ourFunction, type Variant } from './variants.ts';
import type { World } from './world.ts';

type Event = Conditions['event'];

/** Changes to the example events that make them succeed with the data of the benchmark. */
const adjustments: Readonly<Record<string, (event: Event) => Event>> = {
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

/** Prints the cold start of each of our functions beside the limit, in CPU time or instructions. */
export async function measureFunctions(world: World, rounds: number, counted: boolean, only: string): Promise<void> {
  const rows: Record<string, string>[] = [];
  for (const [name, route] of Object.entries(routes as Readonly<Record<string, Route>>)) {
    if (!name.includes(only)) continue;
    const event = (adjustments[name] ?? ((example: Event) => example))(exampleEvent(route));
    const ours = await ourFunction(name, 'ours');
    const { status, calls } = await callsOf(ours, event, world);
    const limit = await handwritten();
    const environment = { ...world.environment, ALL_CALLS: (calls.length > 0 ? calls : ['PutItem']).join(',') };
    const compared = [limit, ours, await ourFunction(name, 'uncached')];
    const cost = await measureCosts(compared, { environment, event }, rounds, counted);
    rows.push({
      function: name,
      status: `${status}`,
      calls: `${calls.length}`,
      ...row(compared, cost, counted, route),
    });
    console.error(`${name} …`);
  }
  console.log(markdown(rows));
  console.log(
    `\nThe limit makes the same calls by hand, or one of DynamoDB where there is none. ${counted ? 'Millions of instructions.' : 'Milliseconds of CPU.'}`,
  );
}

async function measureCosts(variants: readonly Variant[], conditions: Conditions, rounds: number, counted: boolean) {
  const cost = new Map<Variant, number[]>(variants.map((variant) => [variant, []]));
  if (counted) {
    for (const variant of variants) cost.set(variant, [await countColdInstructions(variant, conditions)]);
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
  { method }: Route,
): Record<string, string> {
  const target = method === 'GET' ? reads : changes;
  const costsOf = (variant: Variant | undefined) => (variant && cost.get(variant)) ?? [];
  const ratio = (variant: Variant | undefined, maximum: number) => {
    const times = median(costsOf(variant).map((each, round) => each / (costsOf(limit)[round] ?? Number.NaN)));
    return `${times.toFixed(2)} ${times <= maximum ? '✓' : '✗'}`;
  };
  const size = (bytes: number, maximum: number) => {
    const verdict = method === 'GET' ? (bytes <= maximum ? ' ✓' : ' ✗') : ''; // only reads have a target
    return `${(bytes / 1000).toFixed(0)}${verdict}`;
  };
  const { raw = 0, gzip = 0 } = ours?.bytes ?? {};
  return {
    limit: median(costsOf(limit)).toFixed(counted ? 0 : 1),
    ours: median(costsOf(ours)).toFixed(counted ? 0 : 1),
    '× limit': ratio(ours, target.cached),
    '× without cache': ratio(uncached, target.uncached),
    'KB raw': size(raw, maximumBytes.raw),
    'KB gzip': size(gzip, maximumBytes.gzip),
  };
}
