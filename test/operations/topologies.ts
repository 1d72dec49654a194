import fc from 'fast-check';
import type { Goal } from '../../src/operations/goal.ts';
import type { Progress } from '../../src/operations/reconcile.ts';
import { afterEffect, fault, type Mode, modes } from '../support/proxy.ts';
import { applyConcurrentChange, type ConcurrentChange, drillGoalOf, swapped } from './drills.ts';
import { goalOf, isPrimary, regions, type TestEnvironment, type Topology } from './environment.ts';

/** The share of the calls to ElastiCache that a fault affects. */
const faultRate = 0.2;

/** The faults of a call, by name. With a name that begins with `lost`, the call takes effect nonetheless. */
const faults: Readonly<Record<string, Mode>> = {
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
type Obstacle = 'none' | 'createFailed' | 'nameTaken' | 'quota' | 'joined' | 'removed';

/** One run from a topology to another, or one drill, with random faults and kills. */
interface Trial {
  readonly drill: ConcurrentChange | undefined;
  readonly from: Topology;
  readonly to: Topology;
  readonly obstacle: Obstacle;
  readonly teardown: boolean;
  /** The seed that determines the faults of calls, the kills and the steps of the transitions. */
  readonly faultSeed: number;
}

/** The counts of all trials together. */
export interface Figures {
  trials: number;
  reached: number;
  drills: number;
  returned: number;
  stopped: Record<string, number>;
  iterations: number[];
  calls: number;
  faults: Record<string, number>;
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
    { weight: 1, arbitrary: fc.constantFrom<ConcurrentChange>('none', 'none', 'joined', 'left') },
  ),
  from: topology,
  to: fc.oneof({ weight: 6, arbitrary: topology }, { weight: 1, arbitrary: fc.constant([]) }),
  obstacle: fc.oneof(
    { weight: 5, arbitrary: fc.constant<Obstacle>('none') },
    { weight: 5, arbitrary: fc.constantFrom<Obstacle>('createFailed', 'nameTaken', 'quota', 'joined', 'removed') },
  ),
  teardown: fc.boolean(),
  faultSeed: fc.integer({ min: 1, max: 2 ** 31 - 2 }),
});

/**
 * Runs that many random trials: faults affect 20 % of the calls to ElastiCache, the process is killed in between, and other
 * clients change the datastore. Throws with the smallest trial in which a run neither reached its goal nor stopped with a valid
 * reason, or made a change twice. Returns the counts.
 */
export async function proveTopologies(
  environment: TestEnvironment,
  { runs, seed }: { runs: number; seed?: number },
): Promise<Figures> {
  const figures: Figures = {
    trials: 0,
    reached: 0,
    drills: 0,
    returned: 0,
    stopped: {},
    iterations: [],
    calls: 0,
    faults: {},
    kills: 0,
    changes: 0,
  };
  await fc.assert(
    fc.asyncProperty(trial, async (input) => {
      await environment.clear();
      const { drill, from, faultSeed } = input;
      if (drill && from.length > 1)
        await runDrillTrial(environment, { from, concurrentChange: drill, faultSeed }, figures);
      else await runTrial(environment, input, figures);
    }),
    { numRuns: runs, endOnFailure: false, ...(seed !== undefined && { seed }) },
  );
  return figures;
}

async function runTrial(
  environment: TestEnvironment,
  { from, to, obstacle, teardown, faultSeed }: Trial,
  figures: Figures,
): Promise<void> {
  const { plan } = await import('../../src/operations/plan.ts');
  const { observe } = await import('../../src/operations/observe.ts');
  const random = createRandom(faultSeed);
  const id = await environment.createDatastore(from);
  const goal = goalOf(id, from, to, { OnFailure: teardown ? 'teardown' : 'keep' });
  const planned = plan(goal, await observe(AbortSignal.timeout(60_000), goal));
  const interfere = await prepare(environment, obstacle, goal, planned.steps.length);
  await environment.takeChanges();

  const { progress, iterations } = await runWithFaults(environment, goal, random, figures, interfere);

  const changes = await environment.takeChanges();
  figures.trials++;
  figures.iterations.push(iterations);
  figures.changes += Object.values(changes).reduce((sum, count) => sum + count, 0);
  if (progress.Failure) {
    const kind = kindOf(progress);
    figures.stopped[kind] = (figures.stopped[kind] ?? 0) + 1;
  } else figures.reached++;
  assertValidOutcome({ environment, to, obstacle, planned, progress, changes });
}

/** Runs a goal with faults of calls and kills of the process. Calls `interfere` after the second iteration. */
async function runWithFaults(
  environment: TestEnvironment,
  goal: Goal,
  random: () => number,
  figures: Figures,
  interfere: () => Promise<void> = async () => {},
) {
  environment.proxy.inject(randomFault(random, figures), { times: Number.POSITIVE_INFINITY });
  let stored = environment.initialProgress;
  const run = await environment.run(goal, async (count, now) => {
    if (now.Ended) return now;
    if (count === 2) await interfere();
    for (let steps = Math.floor(random() * 3); steps > 0; steps--) environment.store.tick();
    if (random() < 0.15)
      figures.kills++; // killed before its progress was stored: the next iteration starts with the last stored one
    else stored = random() < 0.03 ? environment.initialProgress : now;
    return stored;
  });
  environment.proxy.clear();
  environment.completeTransitions();
  return run;
}

/** Runs one drill: forward, the change of another client, and the return. Each direction promotes once. */
async function runDrillTrial(
  environment: TestEnvironment,
  { from, concurrentChange, faultSeed }: { from: Topology; concurrentChange: ConcurrentChange; faultSeed: number },
  figures: Figures,
): Promise<void> {
  const random = createRandom(faultSeed);
  const id = await environment.createDatastore(from);
  await environment.takeChanges();
  const forward = drillGoalOf(id, from, 'forward');
  const first = await runWithFaults(environment, forward, random, figures);
  expectDrill(first.progress, await environment.takeChanges(), environment.topology(), swapped(from, forward));
  await applyConcurrentChange(environment, id, concurrentChange);
  await environment.takeChanges();
  const before = environment.topology();
  const second = await runWithFaults(environment, drillGoalOf(id, from, 'return'), random, figures);

  figures.trials++;
  figures.drills++;
  figures.iterations.push(first.iterations + second.iterations);
  figures.changes += 2;
  const isOriginMember = before.includes(from.find(isPrimary)?.replace('*', '') ?? '');
  if (!isOriginMember) {
    if (!/no longer a member/.test(second.progress.Failure?.Reason ?? ''))
      throw new Error('returned to a group that is not a member');
    figures.stopped['a member has left a drill'] = (figures.stopped['a member has left a drill'] ?? 0) + 1;
    return;
  }
  const expected = before.map((name) => name.replace('*', ''));
  const origin = from.find(isPrimary)?.replace('*', '');
  expectDrill(
    second.progress,
    await environment.takeChanges(),
    environment.topology(),
    expected.map((name) => (name === origin ? `${name}*` : name)),
  );
  figures.reached++;
  figures.returned++;
}

/** Throws unless one direction of a drill succeeded with one promotion and no other change. */
function expectDrill(
  { Failure }: Progress,
  changes: Readonly<Record<string, number>>,
  actual: readonly string[],
  expected: readonly string[],
): void {
  if (Failure) throw new Error(`a drill stopped without a valid reason: ${Failure.Reason}`);
  if (actual.join() !== expected.toSorted().join())
    throw new Error(`a drill reported its goal as reached, but the topology is ${actual}, not ${expected}`);
  const changed = JSON.stringify(changes);
  if (changed !== '{"FailoverGlobalReplicationGroup":1}') throw new Error(`a drill made the changes ${changed}`);
}

/** Prepares the obstacle of a run. Returns the function to call during the run. */
async function prepare(
  environment: TestEnvironment,
  obstacle: Obstacle,
  goal: Goal,
  steps: number,
): Promise<() => Promise<void>> {
  const newMembers = goal.Members.filter(({ ReplicationGroupId, ReplicationGroupRegion }) =>
    goal.Known.every(
      (known) =>
        known.ReplicationGroupId !== ReplicationGroupId || known.ReplicationGroupRegion !== ReplicationGroupRegion,
    ),
  ).map(({ ReplicationGroupRegion, ReplicationGroupId }) => `${ReplicationGroupRegion}/${ReplicationGroupId}`);
  const doNothing = async () => {};
  switch (obstacle) {
    case 'createFailed':
      for (const member of newMembers) environment.failCreation(member);
      return doNothing;
    case 'nameTaken':
      for (const member of newMembers) await environment.createGroup(`${member}*`);
      environment.completeTransitions();
      return doNothing;
    case 'quota':
      environment.proxy.inject(fault('ClusterQuotaForCustomerExceeded', 400, 'No more clusters.'), {
        action: 'CreateReplicationGroup',
        times: Number.POSITIVE_INFINITY,
      });
      return doNothing;
    case 'joined':
      return async () => {
        const free = regions.find((region) => !environment.topology().some((member) => member.startsWith(region)));
        if (steps > 0) await environment.addMember(goal.GlobalReplicationGroupId, `${free}/stranger`).catch(() => {});
      };
    case 'removed':
      return async () => {
        environment.completeTransitions();
        for (const member of environment.topology().filter((member) => !isPrimary(member))) {
          await environment.detachMember(goal.GlobalReplicationGroupId, member).catch(() => {});
        }
        await environment.deleteDatastore(goal.GlobalReplicationGroupId).catch(() => {});
      };
    case 'none':
      return doNothing;
  }
}

interface TrialOutcome {
  readonly environment: TestEnvironment;
  readonly to: Topology;
  readonly obstacle: Obstacle;
  readonly planned: ReturnType<typeof import('../../src/operations/plan.ts').plan>;
  readonly progress: Progress;
  readonly changes: Readonly<Record<string, number>>;
}

/**
 * Throws unless the run reached its goal or stopped with a valid reason, by the changes of its plan. A promotion is the only
 * change that ElastiCache accepts twice. It refuses a second creation, detach or deletion.
 */
function assertValidOutcome({ environment, to, obstacle, planned, progress, changes }: TrialOutcome): void {
  const { Failure, Result } = progress;
  const actual = environment.topology();
  const expected = [...to].sort();

  if (!Failure && actual.join() !== expected.join())
    throw new Error(`the goal was reported as reached, but the topology is ${actual}, not ${expected}`);
  const stepsByAction = Object.groupBy(planned.steps, (step) =>
    step.Do === 'modify' ? step.Change.Action : actions[step.Do as keyof typeof actions],
  );
  for (const action of Object.values(actions)) {
    const [count = 0, plannedCount = 0] = [changes[action], stepsByAction[action]?.length];
    const isWrong =
      !Failure && obstacle === 'none' ? count !== plannedCount : action === actions.promote && count > plannedCount;
    if (isWrong) throw new Error(`${action} took effect ${count} times where ${plannedCount} were planned`);
  }
  if (!Failure) return;

  if (obstacle === 'none' && !planned.stop) throw new Error(`stopped without a valid reason: ${Failure.Reason}`);
  if (!/^[A-Z].+[.]$/.test(Failure.Advice) || Failure.Reason === '')
    throw new Error('stopped without a reason or advice');
  if (!Result) throw new Error('stopped without a result');
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
    'AWS rejected the change': 'AWS refuses permanently',
    'has joined': 'an unknown member has joined',
    'no longer exists': 'the datastore no longer exists',
    'is being deleted': 'another client deletes the datastore',
    'cannot replace': 'no plan exists',
    'No progress': 'no progress',
    'different datastore': 'a different datastore has its name',
  };
  const found = Object.entries(reasons).find(([pattern]) => new RegExp(pattern).test(Failure?.Reason ?? ''));
  return found?.[1] ?? `other: ${Failure?.Reason}`;
}

/** Returns a mode that forwards most calls and applies a random fault to the others. */
export function randomFault(random: () => number, figures: Pick<Figures, 'calls' | 'faults'>): Mode {
  const faultEntries = Object.entries(faults);
  return async (exchange) => {
    figures.calls++;
    const [faultName, mode] = faultEntries[Math.floor(random() * faultEntries.length)] ?? ['pass', modes.pass];
    if (random() >= faultRate) return modes.pass(exchange);
    figures.faults[faultName] = (figures.faults[faultName] ?? 0) + 1;
    await mode(exchange);
  };
}

/** Returns a generator of random numbers between 0 and 1, the same ones for the same seed (Park and Miller). */
export function createRandom(seed: number): () => number {
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
  iterations,
  calls,
  faults: faultCounts,
  kills,
  changes,
}: Figures): string {
  const sortedIterations = iterations.toSorted((a, b) => a - b);
  const faultTotal = Object.values(faultCounts).reduce((sum, count) => sum + count, 0);
  const lost = Object.entries(faultCounts)
    .filter(([faultName]) => faultName.startsWith('lost'))
    .reduce((sum, [, count]) => sum + count, 0);
  const stopLines = Object.entries(stopped).map(([reason, count]) => `  ${String(count).padStart(5)}  ${reason}`);
  return [
    `${trials} topologies: ${reached} reached their goal, ${trials - reached} stopped with a valid reason`,
    `${drills} of them were drills, ${returned} of which returned the primary`,
    ...stopLines.sort().reverse(),
    `${iterations.reduce((sum, count) => sum + count, 0)} iterations, ${sortedIterations[Math.floor(trials / 2)]} in the median, ${sortedIterations.at(-1)} at most`,
    `${calls} calls, ${faultTotal} of them with a fault (${Math.round((100 * faultTotal) / calls)} %), ${lost} after the change took effect`,
    `${kills} kills before the progress was stored`,
    `${changes} changes in ElastiCache, none of them repeated`,
  ].join('\n');
}
