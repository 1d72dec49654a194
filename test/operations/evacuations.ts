import fc from 'fast-check';
import type { Goal } from '../../src/operations/goal.ts';
import { fault } from '../support/proxy.ts';
import { accident, actions, type Figures, randomly, topology } from './topologies.ts';
import { goalOf, isPrimary, keyOf, type Topology, type World } from './world.ts';

/** One evacuation of the region of a primary, with random faults and kills. */
interface LostRegion {
  readonly from: Topology;
  /** The error with which AWS refuses each failover: a temporary one, or `InvalidParameterValue`, which is permanent. */
  readonly refusal: 'none' | 'InvalidGlobalReplicationGroupState' | 'InvalidParameterValue';
  readonly detaches: boolean;
  readonly accidents: number;
}

/** The counts of all evacuations together. */
export interface EvacuationFigures extends Pick<Figures, 'trials' | 'calls' | 'spoilt' | 'kills'> {
  ways: Record<string, number>;
}

const lostRegion: fc.Arbitrary<LostRegion> = fc
  .record({
    from: topology.filter(({ length }) => length > 1),
    refusal: fc.constantFrom('none', 'none', 'InvalidGlobalReplicationGroupState', 'InvalidParameterValue'),
    detaches: fc.boolean(),
    accidents: fc.integer({ min: 1, max: 2 ** 31 - 2 }),
  })
  .filter(({ refusal, detaches }) => refusal !== 'InvalidGlobalReplicationGroupState' || detaches); // else it waits 90 minutes

/**
 * Evacuates that many random datastores with the same faults. Throws with the smallest trial that
 * `judgeEvacuation` rejects. Returns the counts.
 */
export async function proveEvacuations(
  world: World,
  { runs, seed }: { runs: number; seed?: number },
): Promise<EvacuationFigures> {
  const figures: EvacuationFigures = { trials: 0, ways: {}, calls: 0, spoilt: {}, kills: 0 };
  await fc.assert(
    fc.asyncProperty(lostRegion, async (given) => {
      await world.clear();
      await evacuate(world, given, figures);
    }),
    { numRuns: runs, endOnFailure: false, ...(seed !== undefined && { seed }) },
  );
  return figures;
}

async function evacuate(
  world: World,
  { from, refusal, detaches, accidents }: LostRegion,
  figures: EvacuationFigures,
): Promise<void> {
  const random = randomly(accidents);
  const id = await world.make(from);
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
  const forEver = { times: Number.POSITIVE_INFINITY };
  if (refusal !== 'none') world.proxy.inject(fault(refusal, 400), { action: actions.promote, ...forEver });
  await world.changes();

  world.proxy.inject(accident(random, figures), forEver);
  let kept = world.initialProgress;
  const { progress } = await world.run(goal, (_, now) => {
    if (now.Ended) return now;
    for (let steps = Math.floor(random() * 3); steps > 0; steps--) world.store.tick();
    if (random() < 0.15) figures.kills++;
    else kept = now;
    return kept;
  });
  world.proxy.clear();
  world.settle();

  const way = progress.Result?.Evacuated?.Way ?? 'stopped';
  figures.trials++;
  figures.ways[way] = (figures.ways[way] ?? 0) + 1;
  judgeEvacuation(`${target.ReplicationGroupRegion}/${target.ReplicationGroupId}`, {
    way,
    expected: refusal === 'none' ? 'FAILOVER' : detaches ? 'DETACH' : 'stopped',
    is: world.topology(),
    changes: await world.changes(),
  });
}

interface EvacuationVerdict {
  readonly way: string;
  readonly expected: string;
  readonly is: readonly string[];
  readonly changes: Readonly<Record<string, number>>;
}

/** Throws unless the evacuation ended in the expected way. If a failover takes too long, the detach may come first. */
function judgeEvacuation(target: string, { way, expected, is, changes }: EvacuationVerdict): void {
  const { [actions.promote]: promotions = 0, [actions.detach]: detaches = 0, ...others } = changes;
  const seen = `${way}, ${is}, ${JSON.stringify(changes)}`;
  if (way !== expected && !(expected === 'FAILOVER' && way === 'DETACH'))
    throw new Error(`${expected} expected: ${seen}`);
  if (way === 'FAILOVER' && !is.includes(`${target}*`)) throw new Error(`said to be the primary: ${seen}`);
  if (way === 'DETACH' && is.some((member) => member.startsWith(target))) throw new Error(`said to be alone: ${seen}`);
  if (way === 'stopped' && promotions + detaches > 0) throw new Error(`stopped after a change: ${seen}`);
  if (detaches > 1 || Object.keys(others).length > 0) throw new Error(`changed too much: ${seen}`);
}

/** Returns the figures of evacuations as text. */
export function reportEvacuations({ trials, ways, calls, spoilt: some, kills }: EvacuationFigures): string {
  const broken = Object.values(some).reduce((sum, count) => sum + count, 0);
  const { FAILOVER = 0, DETACH = 0, stopped = 0 } = ways;
  return `${trials} evacuations: ${FAILOVER} by failover, ${DETACH} by detach, ${stopped} refused for good; ${calls} calls, ${broken} of them spoilt, ${kills} kills`;
}
