import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contractsThat } from '../support/routeRequest.ts';
import { type Promised, promises } from './stories/oracle.ts';
import { type Played, play } from './stories/play.ts';
import { openStage } from './stories/stage.ts';
import { type Story, storiesAbout, wishes } from './stories/story.ts';

/** `npm run prove:interleavings` plays this many stories about each contract; `npm test` a few. */
const isProof = process.env.PROVE === '1';
const count = Number(process.env.STORIES ?? (isProof ? 110 : 3));
const freshSeed = Number(process.env.SEED ?? Date.now() % 1_000_000_000);
const fixedSeed = 12;

const stage = await openStage();
const contracts = contractsThat(stage.routes, ({ headers = [] }) =>
  headers.some((name) => name === 'Idempotency-Key'),
).map(([name]) => name);

/** Plays stories about a contract. Returns each kind of violation, with the shortest story that shows it. */
async function playAll(route: string, seed: number, numRuns: number) {
  const seen = new Map<Promised, { first: number; times: number }>();
  const played: Played[] = [];
  const all = fc.asyncProperty(storiesAbout(route), async (story) => {
    const one = await play(stage, story);
    for (const promise of new Set(one.violations.map((violation) => violation.promise))) {
      const { first, times } = seen.get(promise) ?? { first: played.length, times: 0 };
      seen.set(promise, { first, times: times + 1 });
    }
    played.push(one);
  });
  await fc.assert(all, { seed, numRuns });
  const shrunk: string[] = [];
  for (const [promise, { first }] of seen) shrunk.push(await shrink(route, seed, first, promise));
  return { played, seen, shrunk };
}

/** Shrinks a story that breaks a promise to one that can be read. */
async function shrink(route: string, seed: number, index: number, promise: Promised): Promise<string> {
  let shortest: readonly string[] = [];
  const property = fc.asyncProperty(storiesAbout(route), async (story) => {
    const { violations, lines } = await play(stage, story);
    if (!violations.some((violation) => violation.promise === promise)) return;
    shortest = lines;
    throw new Error(promise);
  });
  await fc.check(property, { seed, path: String(index), numRuns: 1, interruptAfterTimeLimit: 20_000 });
  return `${route}, seed ${seed}: ${promise}\n${shortest.join('\n')}`;
}

test('Every contract that takes an Idempotency-Key has stories', () => {
  expect([...new Set(wishes.map(({ route }) => route))].sort()).toEqual([...contracts].sort());
});

const table: string[] = [];

test.each(contracts)('Stories about %s keep all promises', { timeout: 600_000 }, async (route) => {
  const halves = isProof ? [await playAll(route, freshSeed, count)] : [];
  if (!isProof) halves.push(await playAll(route, fixedSeed, count), await playAll(route, freshSeed, count));
  table.push(...halves.map(({ played, seen }) => row(route, played, seen)));

  const broken = halves.flatMap(({ shrunk }) => shrunk);
  expect(broken.join('\n\n')).toBe('');
});
function row(route: string, played: Played[], seen: Map<Promised, { times: number }>): string {
  return `${route} ${played.length} ${JSON.stringify([...seen])}`;
}
test('print', () => console.log(table.join('\n')));
