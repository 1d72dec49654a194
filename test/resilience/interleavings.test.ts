import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { contractsThat } from '../support/routeRequest.ts';
import { promises } from './stories/oracle.ts';
import { type Played, play } from './stories/play.ts';
import { openStage } from './stories/stage.ts';
import { type Renewal, type Step, type Story, storiesAbout, type Wish, wishes } from './stories/story.ts';
import type { Fault } from './stories/transport.ts';

/**
 * `npm run prove:interleavings` plays many stories about each contract and prints the figures; `npm test` plays a few. A
 * failure names its seed: `SEED=… STORIES=… npm run prove:interleavings` plays the same stories again.
 */
const isProof = process.env.PROVE === '1';
const count = Number(process.env.STORIES ?? (isProof ? 110 : 3));
const freshSeed = Number(process.env.SEED ?? Date.now() % 1_000_000_000);
const seeds = isProof ? [freshSeed] : [12, freshSeed];

/** The limit on the kinds of violations that are shrunk for each contract. Each takes up to 15 s. */
const mostShrunk = 8;

const stage = await openStage();
/** The contracts that start failovers of their own. killDrill.test.ts and evacuation.test.ts inject kills and faults there. */
const withoutStories = ['startDrill', 'startEvacuation'];
const contracts = contractsThat(stage.routes, ({ headers = [] }) => headers.some((name) => name === 'Idempotency-Key'))
  .map(([name]) => name)
  .filter((name) => !withoutStories.includes(name));

/** The results of all stories about a contract. */
interface Outcome {
  readonly route: string;
  readonly played: readonly Played[];
}

const outcomes: Outcome[] = [];

/** Plays stories about a contract. Returns one shrunk story for each kind of violation: a broken promise and its place. */
async function playAll(route: string, base: number): Promise<string[]> {
  const seed = base + contracts.indexOf(route); // other stories for each contract
  const played: Played[] = [];
  const property = fc.asyncProperty(storiesAbout(route), async (story) => {
    played.push(await play(stage, story));
  });
  await fc.assert(property, { seed, numRuns: count });
  outcomes.push({ route, played });
  const broken: string[] = [];
  for (const kind of [...new Set(played.flatMap(kindsOf))].slice(0, mostShrunk)) {
    const index = played.findIndex((one) => kindsOf(one).includes(kind));
    const lines = (await shrink(route, { seed, index, kind })) ?? played[index]?.lines ?? [];
    broken.push(`${kind} (${route}, SEED=${base} STORIES=${count})\n${lines.join('\n')}\n`);
  }
  return broken;
}

const kindsOf = ({ violations }: Played) => violations.map(({ promise, where }) => `${promise}: ${where}`);

/** Shrinks a story that breaks a promise. Returns undefined if no violation of that kind occurs in the second play. */
async function shrink(
  route: string,
  { seed, index, kind }: { seed: number; index: number; kind: string },
): Promise<readonly string[] | undefined> {
  let shortest: readonly string[] | undefined;
  const property = fc.asyncProperty(storiesAbout(route), async (story) => {
    const one = await play(stage, story);
    if (!kindsOf(one).includes(kind)) return;
    shortest = one.lines;
    throw new Error(kind);
  });
  await fc.check(property, { seed, path: String(index), numRuns: 1, interruptAfterTimeLimit: 15_000 });
  return shortest;
}

test('Every contract that takes an Idempotency-Key has stories, except those that start failovers of their own', () => {
  expect([...new Set(wishes.map(({ route }) => route))].sort()).toEqual([...contracts].sort());
});

const throttledRead: Fault = { how: 'throttled', at: 'read', lasts: 'run' };
const throttledOnce: Fault = { how: 'throttled', at: 'read', lasts: 'retries' };
const throttledChange: Fault = { how: 'throttled', at: 'change', lasts: 'retries' };
const killedAfter: Fault = { how: 'killed after', at: 'change', lasts: 'call' };
const killedBefore: Fault = { how: 'killed before', at: 'change', lasts: 'call' };
const answerLost: Fault = { how: 'connection reset after', at: 'change', lasts: 'run' };

/** Returns a story: a request of ana with a fault, the steps `afterwards`, and a retry with the same key. */
function story(
  [route, title]: readonly [route: string, title: string],
  fault: Fault,
  afterwards: readonly Step[] = [],
  more: Partial<Story> = {},
): Story {
  const wish = wishes.find((one) => one.route === route && one.title === title) as Wish;
  const first = { fault, rested: true, afterwards };
  const again = { rested: true, afterwards: [] };
  return { wish, owners: false, key: true, ifMatch: 'none', tries: [first, again], ...more };
}

const ben = (asks: Extract<Step, { asks: unknown }>['asks']): Step => ({ rested: true, by: 'ben', asks });
const world = (calls: Extract<Step, { calls: unknown }>['calls']): Step => ({ rested: true, by: 'the world', calls });
const renewal: Renewal = { deletedBy: 'ben', madeBy: 'ben', samePrimary: false, rests: true };
const renew = (how: Partial<Renewal> = {}): Step => ({ rested: true, renews: { ...renewal, ...how } });

const modify = ['modifyGlobalDatastore', 'node type'] as const;
const failover = ['failoverGlobalDatastore', 'to a region'] as const;
const create = ['createGlobalDatastore', 'alone'] as const;
const teardown = ['deleteGlobalDatastore', 'with secondaries'] as const;

/** The faults that a review of the API found, and the same faults of other changes, as stories. */
const seen: readonly (readonly [string, Story])[] = [
  [
    'A forbidden node type stays forbidden after a read was throttled',
    story(modify, throttledRead, [], { rule: 'NodeFamilies', ifMatch: '*' }),
  ],
  [
    'A failover without its reason stays forbidden after a read was throttled',
    story(failover, throttledRead, [], { rule: 'FailoverReasonRequired', ifMatch: '*' }),
  ],
  [
    'A failover inside its cool-down stays forbidden after a read was throttled',
    story(failover, throttledRead, [], { rule: 'FailoverCooldownMinutes', ifMatch: '*' }),
  ],
  [
    'A create that was throttled does not claim the datastore of another caller',
    story(create, throttledChange, [ben('createDescribed')]),
  ],
  [
    'A create that was throttled does not claim an equal datastore of another caller',
    story(create, throttledChange, [ben('createSame')]),
  ],
  [
    'A create that was throttled does not claim a datastore created directly in AWS',
    story(create, throttledChange, [world('createSame')]),
  ],
  ['A failover whose response was lost does not undo a later one', story(failover, answerLost, [ben('failoverAp')])],
  [
    'A failover whose response was lost does not undo a later one made directly in AWS',
    story(failover, answerLost, [world('failoverAp')]),
  ],
  [
    'A delete whose response was lost does not delete a datastore that another caller created since',
    story(['deleteGlobalDatastore', 'without secondaries'], answerLost, [ben('createSame')]),
  ],
  ['A create is not repeated after another caller deleted the datastore', story(create, killedAfter, [ben('delete')])],
  ['A change of the node type does not undo a later one', story(modify, killedAfter, [ben('resize')])],
  [
    'A change of the node type does not undo a later one made directly in AWS',
    story(modify, killedAfter, [world('resize')]),
  ],
  [
    'A change of the description does not undo a later one',
    story(['modifyGlobalDatastore', 'description'], killedAfter, [ben('describe')]),
  ],
  ['A change of the node type does not apply to a datastore created since', story(modify, killedAfter, [renew()])],
  ['A teardown does not start after a later change', story(teardown, killedBefore, [ben('removeEu')])],
  [
    'A member is not added again after another caller removed it',
    story(['addMember', 'second member'], killedAfter, [ben('removeEu'), world('deleteGroupEu')]),
  ],
  [
    'A member is not removed again after another caller added it again',
    story(['removeMember', 'second member'], killedAfter, [world('deleteGroupEu'), ben('addEu')]),
  ],
  [
    'Node groups are not scaled again after a later change',
    story(['scaleNodeGroups', 'more'], killedAfter, [ben('scale')]),
  ],
  ['Slots are not rebalanced in a datastore created since', story(['rebalanceSlots', 'slots'], killedAfter, [renew()])],
  [
    'A topology does not start after a later change',
    story(['applyTopology', 'promote'], killedBefore, [ben('resize')]),
  ],
  [
    'A member that another caller removed is not claimed as removed',
    story(['removeMember', 'second member'], killedBefore, [ben('removeEu')]),
  ],
  [
    'A datastore of another owner is not torn down while AWS returns no tags',
    story(teardown, { how: 'killed before', at: 1, lasts: 'call' }, [renew({ madeBy: 'eve', rests: false })], {
      owners: true,
    }),
  ],
  [
    'The audit trail and the operations of a deleted datastore are not shown to the owner of the next one',
    story(['applyTopology', 'detach'], answerLost, [renew({ madeBy: 'eve' })], { owners: true }),
  ],
  [
    'A datastore with members of different owners belongs to neither owner',
    story(failover, throttledChange, [{ rested: true, by: 'the world', tags: 'the primary' }], { owners: true }),
  ],
  [
    'NodeFamilies forbids a create while the read of the primary is throttled',
    story(create, throttledOnce, [], { rule: 'NodeFamilies' }),
  ],
  [
    'MaxDatastores forbids a create while the count is throttled',
    story(create, throttledOnce, [], { rule: 'MaxDatastores' }),
  ],
  [
    'FailoverCooldownMinutes forbids a failover while the table is throttled',
    story(failover, { how: 'throttled', at: 'table read', lasts: 'retries' }, [], { rule: 'FailoverCooldownMinutes' }),
  ],
  [
    'A topology that replaces the primary needs a reason, as a failover does',
    story(['applyTopology', 'replace the primary'], answerLost, [], { rule: 'FailoverReasonRequired' }),
  ],
];

describe('Faults that a review found', () => {
  test.each(seen)('%s', async (_, told) => {
    const { violations, disturbances, lines } = await play(stage, told);

    if (!told.rule) expect(disturbances).not.toEqual([]); // a rule can refuse the request before the fault
    expect(violations, lines.join('\n')).toEqual([]);
  });
});

test.each(contracts)('Stories about %s keep all promises', { timeout: 600_000 }, async (route) => {
  const broken: string[] = [];
  for (const seed of seeds) broken.push(...(await playAll(route, seed)));

  if (broken.length > 0) throw new Error(broken.join('\n'));
});

afterAll(() => {
  if (isProof) console.log(figures());
});

/** Returns the numbers of stories by contract and disturbance, and the number that broke each promise. */
function figures(): string {
  const all = outcomes.flatMap(({ played }) => played);
  const kinds = [...new Set(all.flatMap(disturbancesOf))].sort();
  const rows = [
    ['', 'stories', ...kinds],
    ...outcomes.map(({ route, played }) => [route, played.length, ...kinds.map((kind) => countOf(played, kind))]),
    ['all', all.length, ...kinds.map((kind) => countOf(all, kind))],
  ];
  const zeros = promises.map((promise) => {
    const broken = all.filter(({ violations }) => violations.some((one) => one.promise === promise));
    return `${broken.length} stories with ${promise}`;
  });
  const lines = rows.map(([name, ...cells]) => [`${name}`.padEnd(24), ...cells.map((cell) => `${cell}`.padStart(24))]);
  return [`Seed ${freshSeed}`, ...lines.map((line) => line.join(' ')), ...zeros].join('\n');
}

const disturbancesOf = ({ disturbances }: Played) => (disturbances.length > 0 ? disturbances : ['undisturbed']);
const countOf = (played: readonly Played[], kind: string) =>
  played.filter((one) => disturbancesOf(one).includes(kind)).length;
