import fc from 'fast-check';
import type { Goal } from '../../src/operations/goal.ts';
import { fault } from '../support/proxy.ts';
import { goalOf, isPrimary, keyOf, type TestEnvironment, type Topology } from './environment.ts';
import { actions, createRandom, type Figures, randomFault, topology } from './topologies.ts';

/** One evacuation of the region of a primary, with random faults and kills. */
interface LostRegion {
  readonly from: Topology;
  /** The error with which AWS refuses each failover: a temporary one, or `InvalidParameterValue`, which is permanent. */
  readonly refusal: 'none' | 'InvalidGlobalReplicationGroupState' | 'InvalidParameterValue';
  readonly detaches: boolean;
  readonly faultSeed: number;
}

/** The counts of all evacuations together. */
export interface EvacuationFigures extends Pick<Figures, 'trials' | 'calls' | 'faults' | 'kills'> {
  ways: Record<string, number>;
}

const lostRegion: fc.Arbitrary<LostRegion> = fc
  .record({
    from: topology.filter(({ length }) => length > 1),
    refusal: fc.constantFrom('none', 'none', 'InvalidGlobalReplicationGroupState', 'InvalidParameterValue'),
    detaches: fc.boolean(),
    faultSeed: fc.integer({ min: 1, max: 2 ** 31 - 2 }),
  })
  .filter(({ refusal, detaches }) => refusal !== 'InvalidGlobalReplicationGroupState' || detaches); // else it waits 90 minutes

/**
 * Evacuates that many random datastores with the same faults. Throws with the smallest trial that
 * `assertValidEvacuation` rejects. Returns the counts.
 */
export async function proveEvacuations(
  environment: TestEnvironment,
  { runs, seed }: { runs: number; seed?: number },
): Promise<EvacuationFigures> {
  const figures: EvacuationFigures = { trials: 0, ways: {}, calls: 0, faults: {}, kills: 0 };
  await fc.assert(
    fc.asyncProperty(lostRegion, async (input) => {
      await environment.clear();
      await evacuate(environment, input, figures);
    }),
    { numRuns: runs, endOnFailure: false, ...(seed !== undefined && { seed }) },
  );
  return figures;
}

async function evacuate(
  environment: TestEnvironment,
  { from, refusal, detaches, faultSeed }: LostRegion,
  figures: EvacuationFigures,
): Promise<void> {
  const random = createRandom(faultSeed);
  const id = await environment.createDatastore(from);
  const [lost, target] = [keyOf(from.find(isPrimary) ?? ''), keyOf(from.find((member) => !isPrimary(member)) ?? '')];
  const goal: Goal = {
    ...goalOf(id, from, []),
    Kind: 'EVACUATE',
    Members: [{ ...target, Role: 'PRIMARY' }],
    Evacuation: {
      EvacuationId: 'evacuation',
      FromRegion: lost.ReplicationGroupRegion,
      Reason: 'it is lost',
      ...(detaches && { DetachAfterSeconds: 60 }),
    },
  };
  const unlimited = { times: Number.POSITIVE_INFINITY };
  if (refusal !== 'none') environment.proxy.inject(fault(refusal, 400), { action: actions.promote, ...unlimited });
  await environment.takeChanges();

  environment.proxy.inject(randomFault(random, figures), unlimited);
  let stored = environment.initialProgress;
  const { progress } = await environment.run(goal, (_, now) => {
    if (now.Ended) return now;
    for (let steps = Math.floor(random() * 3); steps > 0; steps--) environment.store.tick();
    if (random() < 0.15) figures.kills++;
    else stored = now;
    return stored;
  });
  environment.proxy.clear();
  environment.completeTransitions();

  const way = progress.Result?.Evacuated?.Way ?? 'stopped';
  figures.trials++;
  figures.ways[way] = (figures.ways[way] ?? 0) + 1;
  assertValidEvacuation(`${target.ReplicationGroupRegion}/${target.ReplicationGroupId}`, {
    way,
    expected: refusal === 'none' ? 'FAILOVER' : detaches ? 'DETACH' : 'stopped',
    actual: environment.topology(),
    changes: await environment.takeChanges(),
  });
}

interface EvacuationOutcome {
  readonly way: string;
  readonly expected: string;
  readonly actual: readonly string[];
  readonly changes: Readonly<Record<string, number>>;
}

/** Throws unless the evacuation ended in the expected way. If a failover takes too long, the detach may come first. */
function assertValidEvacuation(target: string, { way, expected, actual, changes }: EvacuationOutcome): void {
  const { [actions.promote]: promotions = 0, [actions.detach]: detaches = 0, ...others } = changes;
  const outcome = `${way}, ${actual}, ${JSON.stringify(changes)}`;
  if (way !== expected && !(expected === 'FAILOVER' && way === 'DETACH'))
    throw new Error(`${expected} expected: ${outcome}`);
  if (way === 'FAILOVER' && !actual.includes(`${target}*`)) throw new Error(`reported as the primary: ${outcome}`);
  if (way === 'DETACH' && actual.some((member) => member.startsWith(target)))
    throw new Error(`reported as standalone: ${outcome}`);
  if (way === 'stopped' && promotions + detaches > 0) throw new Error(`stopped after a change: ${outcome}`);
  if (detaches > 1 || Object.keys(others).length > 0) throw new Error(`unexpected changes: ${outcome}`);
}

/** Returns the figures of evacuations as text. */
export function reportEvacuations({ trials, ways, calls, faults: faultCounts, kills }: EvacuationFigures): string {
  const faultTotal = Object.values(faultCounts).reduce((sum, count) => sum + count, 0);
  const { FAILOVER = 0, DETACH = 0, stopped = 0 } = ways;
  return `${trials} evacuations: ${FAILOVER} by failover, ${DETACH} by detach, ${stopped} refused permanently; ${calls} calls, ${faultTotal} of them with a fault, ${kills} kills`;
}
