import fc from 'fast-check';
import type { Goal } from '../../src/operations/goal.ts';
import type { Progress } from '../../src/operations/reconcile.ts';
import { afterEffect, fault, type Mode, modes } from '../support/proxy.ts';
import { type DrillTrouble, drillGoalOf, meddleWithDrill, swapped } from './drills.ts';
import { goalOf, isPrimary, regions, type Topology, type World } from './world.ts';

/** The share of the calls to ElastiCache that a fault affects. */
const share = 0.2;

/** The faults of a call, by name. With a name that begins with `lost`, the call takes effect nonetheless. */
const spoilt: Readonly<Record<string, Mode>> = {
  error500: modes.error500,
  error503: modes.error503,
  throttled: fault('Throttling', 400),
  busy: fault('InvalidGlobalReplicationGroupState', 400),
  reset: modes.reset,
  closed: modes.close,
  lostByReset: afterEffect(modes.reset),
  lostByClose: afterEffect(modes.close),
  lostBy500: afterEffect(modes.error500),
  lostByCut: modes.cut,
  lostByTruncation: modes.truncated,
  lostByEmptiness: afterEffect(modes.empty),
};

/** The obstacle of a run besides the faults of calls. */
type Trouble = 'none' | 'doomed' | 'taken' | 'quota' | 'joined' | 'removed';

/** One run from a topology to another, or one drill, with random faults and kills. */
interface Trial {
  readonly drill: DrillTrouble | undefined;
  readonly from: Topology;
  readonly to: Topology;
  readonly trouble: Trouble;
  readonly teardown: boolean;
  /** The seed that determines the faults of calls, the kills and the steps of the transitions. */
  readonly accidents: number;
}

/** The counts of all trials together. */
export interface Figures {
  trials: number;
  reached: number;
  drills: number;
  returned: number;
  stopped: Record<string, number>;
  looks: number[];
  calls: number;
  spoilt: Record<string, number>;
  kills: number;
  changes: number;
}

const name = fc.record({ region: fc.constantFrom(...regions), id: fc.constantFrom('a', 'b') });

/** The members of a datastore, the primary first. */
export const topology = fc
  .uniqueArray(name, { minLength: 1, maxLength: 3, selector: ({ region }) => region })
  .map((names): Topology => names.map(({ region, id }, index) => `${region}/${id}${index === 0 ? '*' : ''}`));

const trial: fc.Arbitrary<Trial> = fc.record({
  drill: fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom<DrillTrouble>('none', 'none', 'joined', 'left') },
  ),
  from: topology,
  to: fc.oneof({ weight: 6, arbitrary: topology }, { weight: 1, arbitrary: fc.constant([]) }),
  trouble: fc.oneof(
    { weight: 5, arbitrary: fc.constant<Trouble>('none') },
    { weight: 5, arbitrary: fc.constantFrom<Trouble>('doomed', 'taken', 'quota', 'joined', 'removed') },
  ),
  teardown: fc.boolean(),
  accidents: fc.integer({ min: 1, max: 2 ** 31 - 2 }),
});

/**
 * Runs that many random trials: faults affect 20 % of the calls to ElastiCache, the process is killed in between, and other
 * clients change the datastore. Throws with the smallest trial in which a run neither reached its goal nor stopped with a valid
 * reason, or made a change twice. Returns the counts.
 */
export async function proveTopologies(world: World, { runs, seed }: { runs: number; seed?: number }): Promise<Figures> {
  const figures: Figures = {
    trials: 0,
    reached: 0,
    drills: 0,
    returned: 0,
    stopped: {},
    looks: [],
    calls: 0,
    spoilt: {},
    kills: 0,
    changes: 0,
  };
  await fc.assert(
    fc.asyncProperty(trial, async (given) => {
      await world.clear();
      const { drill, from, accidents } = given;
      if (drill && from.length > 1) await tryDrill(world, { from, trouble: drill, accidents }, figures);
      else await tryOut(world, given, figures);
    }),
    { numRuns: runs, endOnFailure: false, ...(seed !== undefined && { seed }) },
  );
  return figures;
}

async function tryOut(
  world: World,
  { from, to, trouble, teardown, accidents }: Trial,
  figures: Figures,
): Promise<void> {
  const { plan } = await import('../../src/operations/plan.ts');
  const { observe } = await import('../../src/operations/observe.ts');
  const random = randomly(accidents);
  const id = await world.make(from);
  const goal = goalOf(id, from, to, { OnFailure: teardown ? 'teardown' : 'keep' });
  const planned = plan(goal, await observe(AbortSignal.timeout(60_000), goal));
  const meddle = await prepare(world, trouble, goal, planned.steps.length);
  await world.changes();

  const { progress, looks } = await runThroughAccidents(world, goal, random, figures, meddle);

  const changes = await world.changes();
  figures.trials++;
  figures.looks.push(looks);
  figures.changes += Object.values(changes).reduce((sum, count) => sum + count, 0);
  if (progress.Failure) {
    const kind = kindOf(progress);
    figures.stopped[kind] = (figures.stopped[kind] ?? 0) + 1;
  } else figures.reached++;
  judge({ world, to, trouble, planned, progress, changes });
}

/** Runs a goal with faults of calls and kills of the process. Calls `meddle` after the second look. */
async function runThroughAccidents(
  world: World,
  goal: Goal,
  random: () => number,
  figures: Figures,
  meddle: () => Promise<void> = async () => {},
) {
  world.proxy.inject(accident(random, figures), { times: Number.POSITIVE_INFINITY });
  let kept = world.initialProgress;
  const run = await world.run(goal, async (count, now) => {
    if (now.Ended) return now;
    if (count === 2) await meddle();
    for (let steps = Math.floor(random() * 3); steps > 0; steps--) world.store.tick();
    if (random() < 0.15)
      figures.kills++; // killed before its progress was stored: the next look starts with the last stored one
    else kept = random() < 0.03 ? world.initialProgress : now;
    return kept;
  });
  world.proxy.clear();
  world.settle();
  return run;
}

/** Runs one drill: there, the change of another client, and back. Each way promotes once. */
async function tryDrill(
  world: World,
  { from, trouble, accidents }: { from: Topology; trouble: DrillTrouble; accidents: number },
  figures: Figures,
): Promise<void> {
  const random = randomly(accidents);
  const id = await world.make(from);
  await world.changes();
  const there = drillGoalOf(id, from, 'there');
  const first = await runThroughAccidents(world, there, random, figures);
  expectDrill(first.progress, await world.changes(), world.topology(), swapped(from, there));
  await meddleWithDrill(world, id, trouble);
  await world.changes();
  const before = world.topology();
  const second = await runThroughAccidents(world, drillGoalOf(id, from, 'back'), random, figures);

  figures.trials++;
  figures.drills++;
  figures.looks.push(first.looks + second.looks);
  figures.changes += 2;
  const isThere = before.includes(from.find(isPrimary)?.replace('*', '') ?? '');
  if (!isThere) {
    if (!/no longer a member/.test(second.progress.Failure?.Reason ?? '')) throw new Error('returned to no member');
    figures.stopped['a member has left a drill'] = (figures.stopped['a member has left a drill'] ?? 0) + 1;
    return;
  }
  const expected = before.map((name) => name.replace('*', ''));
  const origin = from.find(isPrimary)?.replace('*', '');
  expectDrill(
    second.progress,
    await world.changes(),
    world.topology(),
    expected.map((name) => (name === origin ? `${name}*` : name)),
  );
  figures.reached++;
  figures.returned++;
}

/** Throws unless one way of a drill succeeded with one promotion and no other change. */
function expectDrill(
  { Failure }: Progress,
  changes: Readonly<Record<string, number>>,
  is: readonly string[],
  expected: readonly string[],
): void {
  if (Failure) throw new Error(`a drill stopped for no reason: ${Failure.Reason}`);
  if (is.join() !== expected.toSorted().join())
    throw new Error(`a drill said to be there, but is ${is}, not ${expected}`);
  const made = JSON.stringify(changes);
  if (made !== '{"FailoverGlobalReplicationGroup":1}') throw new Error(`a drill has made ${made}`);
}

/** Prepares the obstacle of a run. Returns the function to call during the run. */
async function prepare(world: World, trouble: Trouble, goal: Goal, steps: number): Promise<() => Promise<void>> {
  const made = goal.Members.filter(({ ReplicationGroupId, ReplicationGroupRegion }) =>
    goal.Known.every(
      (known) =>
        known.ReplicationGroupId !== ReplicationGroupId || known.ReplicationGroupRegion !== ReplicationGroupRegion,
    ),
  ).map(({ ReplicationGroupRegion, ReplicationGroupId }) => `${ReplicationGroupRegion}/${ReplicationGroupId}`);
  const idle = async () => {};
  switch (trouble) {
    case 'doomed':
      for (const member of made) world.doom(member);
      return idle;
    case 'taken':
      for (const member of made) await world.makeGroup(`${member}*`);
      world.settle();
      return idle;
    case 'quota':
      world.proxy.inject(fault('ClusterQuotaForCustomerExceeded', 400, 'No more clusters.'), {
        action: 'CreateReplicationGroup',
        times: Number.POSITIVE_INFINITY,
      });
      return idle;
    case 'joined':
      return async () => {
        const free = regions.find((region) => !world.topology().some((member) => member.startsWith(region)));
        if (steps > 0) await world.join(goal.GlobalReplicationGroupId, `${free}/stranger`).catch(() => {});
      };
    case 'removed':
      return async () => {
        world.settle();
        for (const member of world.topology().filter((member) => !isPrimary(member))) {
          await world.leave(goal.GlobalReplicationGroupId, member).catch(() => {});
        }
        await world.remove(goal.GlobalReplicationGroupId).catch(() => {});
      };
    case 'none':
      return idle;
  }
}

interface Verdict {
  readonly world: World;
  readonly to: Topology;
  readonly trouble: Trouble;
  readonly planned: ReturnType<typeof import('../../src/operations/plan.ts').plan>;
  readonly progress: Progress;
  readonly changes: Readonly<Record<string, number>>;
}

/**
 * Throws unless the run reached its goal or stopped with a valid reason, by the changes of its plan. A promotion is the only
 * change that ElastiCache accepts twice. It refuses a second creation, detach or deletion.
 */
function judge({ world, to, trouble, planned, progress, changes }: Verdict): void {
  const { Failure, Result } = progress;
  const is = world.topology();
  const expected = [...to].sort();

  if (!Failure && is.join() !== expected.join()) throw new Error(`said to be there, but is ${is} and not ${expected}`);
  const wanted = Object.groupBy(planned.steps, (step) =>
    step.Do === 'modify' ? step.Change.Action : actions[step.Do as keyof typeof actions],
  );
  for (const action of Object.values(actions)) {
    const [made = 0, due = 0] = [changes[action], wanted[action]?.length];
    const wrong = !Failure && trouble === 'none' ? made !== due : action === actions.promote && made > due;
    if (wrong) throw new Error(`${action} took effect ${made} times where ${due} were planned`);
  }
  if (!Failure) return;

  if (trouble === 'none' && !planned.stop) throw new Error(`stopped for no reason: ${Failure.Reason}`);
  if (!/^[A-Z].+[.]$/.test(Failure.Advice) || Failure.Reason === '') throw new Error('stopped without a word');
  if (!Result) throw new Error('stopped without saying what is left');
}

/** The AWS action of each step. */
export const actions = {
  add: 'CreateReplicationGroup',
  promote: 'FailoverGlobalReplicationGroup',
  detach: 'DisassociateGlobalReplicationGroup',
  delete: 'DeleteGlobalReplicationGroup',
} as const;

/** Returns the kind of reason for which a run stopped, without the names in it. */
function kindOf({ Failure }: Progress): string {
  const reasons = {
    'could not create': 'a member is create-failed',
    'eplication group .* already': 'the name of a member is taken',
    'AWS rejected the change': 'AWS refuses for good',
    'has joined': 'a stranger has joined',
    'no longer exists': 'the datastore is gone',
    'is being deleted': 'someone deletes the datastore',
    'cannot replace': 'there is no way',
    'No progress': 'no progress',
    'different datastore': 'it is another datastore',
  };
  const found = Object.entries(reasons).find(([words]) => new RegExp(words).test(Failure?.Reason ?? ''));
  return found?.[1] ?? `other: ${Failure?.Reason}`;
}

/** Returns a mode that forwards most calls and applies a random fault to the others. */
export function accident(random: () => number, figures: Pick<Figures, 'calls' | 'spoilt'>): Mode {
  const ways = Object.entries(spoilt);
  return async (exchange) => {
    figures.calls++;
    const [way, mode] = ways[Math.floor(random() * ways.length)] ?? ['pass', modes.pass];
    if (random() >= share) return modes.pass(exchange);
    figures.spoilt[way] = (figures.spoilt[way] ?? 0) + 1;
    await mode(exchange);
  };
}

/** Returns a generator of random numbers between 0 and 1, the same ones for the same seed (Park and Miller). */
export function randomly(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Returns the figures as text. */
export function report({
  trials,
  reached,
  drills,
  returned,
  stopped,
  looks,
  calls,
  spoilt: some,
  kills,
  changes,
}: Figures): string {
  const sorted = looks.toSorted((a, b) => a - b);
  const broken = Object.values(some).reduce((sum, count) => sum + count, 0);
  const lost = Object.entries(some)
    .filter(([way]) => way.startsWith('lost'))
    .reduce((sum, [, count]) => sum + count, 0);
  const honest = Object.entries(stopped).map(([reason, count]) => `  ${String(count).padStart(5)}  ${reason}`);
  return [
    `${trials} topologies: ${reached} reached their goal, ${trials - reached} stopped with good reason`,
    `${drills} of them were drills, ${returned} of which returned the primary`,
    ...honest.sort().reverse(),
    `${looks.reduce((sum, count) => sum + count, 0)} looks, ${sorted[Math.floor(trials / 2)]} in the median, ${sorted.at(-1)} at most`,
    `${calls} calls, ${broken} of them spoilt (${Math.round((100 * broken) / calls)} %), ${lost} after they had taken effect`,
    `${kills} times killed before the state was kept`,
    `${changes} changes at ElastiCache, none of them twice`,
  ].join('\n');
}
