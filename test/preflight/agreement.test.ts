import fc from 'fast-check';
import type { JSONSchema } from 'json-schema-to-ts';
import { afterAll, describe, expect, test } from 'vitest';
import { type Route, schemasOf } from '../../src/schemas/route.ts';
import type { Reply } from '../support/api.ts';
import { contractsThat } from '../support/routeRequest.ts';
import { type AwsState, createAwsState } from './agreement/awsStates.ts';
import { type ChangeRequest, type Generator, generators, type Target, targetsOf } from './agreement/changes.ts';
import { startEnvironment } from './agreement/environment.ts';
import { createRandomSource } from './agreement/randomSource.ts';

/**
 * Tests that a dry run and the live call on the same state agree. `npm run prove:dryrun` runs many random pairs and prints the
 * figures; `npm test` runs a few, always the same. A failure names its pair: `SEED=… PAIR=… npm run prove:dryrun` repeats it.
 */
const isProof = process.env.PROVE === '1';
const pairs = Number(process.env.PAIRS ?? (isProof ? 2_400 : 200));
const seed = Number(process.env.SEED ?? (isProof ? Date.now() % 1_000_000_000 : 13));
const onlyPair = process.env.PAIR === undefined ? undefined : Number(process.env.PAIR);

/** The maximum number of kinds of disagreements that are shrunk. Each takes some seconds. */
const maxShrunk = isProof ? 30 : 8;

const environment = await startEnvironment();
/** All but the evacuation, which is accepted even if it refuses each datastore (see test/handlers/startEvacuation.test.ts). */
const contracts = Object.fromEntries(
  contractsThat(
    environment.routes,
    ({ headers = [], subject }) => headers.some((name) => name === 'Idempotency-Key') && subject !== 'evacuation',
  ),
);

/** A dry run and the live call of the same request. */
interface Pair {
  readonly target: Target;
  readonly state: AwsState;
  readonly request: ChangeRequest;
  readonly dryRun: Reply;
  readonly live: Reply;
  /** The reason why the operation failed or did not end, if so. */
  readonly failure?: string | undefined;
  /** True if the dry run has changed something. */
  readonly changed: boolean;
}

let stateCount = 0;

/** Sends a change to a generated state: the dry run first, then the live call. */
async function tryPair(target: Target, g: fc.GeneratorValue): Promise<Pair> {
  const random = createRandomSource(g);
  const state = createAwsState(random, `w${stateCount++}`, target.state);
  const operation = await environment.build(state);
  const { request: make } = generators[target.route] as Generator;
  const request = make({ random, state, operation, focus: target.focus });
  const before = JSON.stringify(environment.store.save());
  const dryRun = await environment.call(...requestOf(target.route, request, { DryRun: true }));
  const changed = JSON.stringify(environment.store.save()) !== before;
  const live = await environment.call(...requestOf(target.route, request));
  const started = live.status < 300 && target.route !== 'cancelOperation' ? operationOf(live) : undefined;
  const failure = started && state.change === 'none' ? await environment.runToEnd(started) : undefined;
  return { target, state, request, dryRun, live, failure, changed };
}

const operationOf = ({ body }: Reply): string | undefined => body.OperationId ?? body.Operation?.OperationId;

function requestOf(
  route: string,
  { path, query, body }: ChangeRequest,
  more: object = {},
): [string, { body?: object }] {
  const { method, path: template } = contracts[route] as Route;
  const filled = template.replace(/\{(\w+)\}/g, (_, name) => path[name] ?? '');
  const params = new URLSearchParams(
    Object.entries({ ...query, ...more }).map(([name, value]): [string, string] => [name, `${value}`]),
  );
  return [`${method} ${filled}${params.size > 0 ? `?${params}` : ''}`, body ? { body } : {}];
}

interface Found {
  readonly Id: string;
  readonly Outcome: 'pass' | 'warn' | 'fail';
}

const checksOf = ({ body }: Reply): Found[] => body.Checks ?? [];

/** Returns the outcome of a dry run: the worst outcome of its checks, or `refused`. */
function verdictOf({ status, body, ...reply }: Reply): 'pass' | 'warn' | 'fail' | 'refused' {
  if (status >= 400) return 'refused';
  const outcomes = checksOf({ status, body, ...reply }).map(({ Outcome }) => Outcome);
  return (['fail', 'warn'] as const).find((outcome) => outcomes.includes(outcome)) ?? 'pass';
}

/** Returns the rules of agreement that a pair breaks. */
function disagreementsOf({ dryRun, live, failure, changed }: Pair): string[] {
  const verdict = verdictOf(dryRun);
  const failing = (live.body.checks ?? []).filter(({ Outcome }: Found) => Outcome === 'fail');
  const ids = checksOf(dryRun)
    .filter(({ Outcome }) => Outcome === 'fail')
    .map(({ Id }) => Id);
  const rules: [string, boolean][] = [
    [`a dry run that only passes, then ${live.status} ${live.body.code}`, verdict === 'pass' && live.status >= 400],
    [`a dry run that fails (${ids}), then ${live.status}`, verdict === 'fail' && live.status < 400],
    [
      `a dry run that is refused with ${dryRun.body.code}, then ${live.status} ${live.body.code}`,
      verdict === 'refused' && dryRun.body.code !== live.body.code,
    ],
    [`a 400 of ElastiCache without a failing check`, live.status === 400 && live.body.upstream && failing.length === 0],
    [`a server error: ${live.body.code}`, live.status >= 500 || dryRun.status >= 500],
    [`a dry run that changes something`, changed],
    [`a dry run that only passes, then an operation that fails`, verdict === 'pass' && failure !== undefined],
  ];
  return rules.filter(([, isBroken]) => isBroken).map(([rule]) => rule);
}

const testedPairs: Pair[] = [];
const broken = new Map<string, { count: number; first: string }>();

/** Runs a pair. Shrinks a disagreement of a new kind. */
async function checkTarget(target: Target, index: number): Promise<void> {
  let lastFailing: Pair | undefined;
  let shrinking: string | undefined;
  const property = fc.asyncProperty(fc.gen(), async (g) => {
    const pair = await tryPair(target, g);
    const kinds = disagreementsOf(pair).map((kind) => kindOf(target, kind, pair));
    const isFirst = lastFailing === undefined;
    if (isFirst) testedPairs.push(pair);
    if (!kinds.includes(shrinking ?? kinds[0] ?? '')) return;
    shrinking ??= kinds[0];
    lastFailing = pair;
    if (isFirst) for (const kind of kinds) count(kind);
    throw new Error(kinds[0]);
  });
  const first = { seed: seed + index, numRuns: 1 };
  const endOnFailure = broken.size >= maxShrunk;
  const known = new Set(broken.keys());
  const { failed, errorInstance } = await fc.check(property, {
    ...first,
    endOnFailure,
    interruptAfterTimeLimit: 4_000,
  });
  if (failed && !lastFailing) throw errorInstance;
  if (shrinking && lastFailing && !known.has(shrinking))
    Object.assign(broken.get(shrinking) ?? {}, { first: describePair(lastFailing, index) });
}

/** Returns the kind of a disagreement: the route, the broken rule, and the error without the names of states and versions. */
const kindOf = ({ route }: Target, rule: string, { live }: Pair): string =>
  `${route}: ${rule}${live.status >= 400 ? ` (${live.body.detail?.split('. ')[0]})` : ''}`.replace(
    /\bw\d[\w-]*|\d+\.[\d.]+/g,
    '…',
  );

function count(kind: string): void {
  const found = broken.get(kind) ?? { count: 0, first: '' };
  broken.set(kind, { ...found, count: found.count + 1 });
}

/** Returns a readable description of a pair. */
function describePair({ target, state, request, dryRun, live, failure }: Pair, index: number): string {
  const [line, { body }] = requestOf(target.route, request);
  return [
    `SEED=${seed} PAIR=${index} ${JSON.stringify(target)}`,
    `state: ${JSON.stringify(state)}`,
    `request: ${line} ${JSON.stringify(body)}`,
    `dry run: ${dryRun.status} ${JSON.stringify(dryRun.body)}`,
    `live: ${live.status} ${JSON.stringify(live.body)}`,
    ...(failure ? [`operation: ${failure}`] : []),
  ].join('\n  ');
}

/** Returns one target for each pair. The routes alternate. */
function schedule(): Target[] {
  const routes = Object.keys(generators).map(targetsOf);
  return Array.from({ length: pairs }, (_, index) => {
    const targets = routes[index % routes.length] as Target[];
    return targets[(Math.floor(index / routes.length) + seed) % targets.length] as Target;
  });
}

/** Returns the places of all members that a request can have by its schema. */
function membersIn(schema: JSONSchema, place: string): string[] {
  const { properties = {}, items } = schema as { properties?: Record<string, JSONSchema>; items?: JSONSchema };
  const inside = Object.entries(properties).flatMap(([name, member]) => {
    if ((member as { not?: unknown }).not) return [];
    const nested = membersIn(member, `${place}/${name}`);
    return nested.length > 0 ? nested : [`${place}/${name}`];
  });
  return items ? membersIn(items, place) : inside;
}

const membersOf = (route: Route): string[] => {
  const { path, query, body } = schemasOf(route);
  const all = [...membersIn(path, 'path'), ...membersIn(query, 'query'), ...(body ? membersIn(body, 'body') : [])];
  return all.filter((member) => member !== 'query/DryRun');
};

/** Returns the places of the members that a value has. */
function placesIn(value: unknown, place: string): string[] {
  if (Array.isArray(value))
    return value.some((one) => typeof one === 'object') ? value.flatMap((one) => placesIn(one, place)) : [place];
  if (typeof value !== 'object' || value === null) return [place];
  return Object.entries(value).flatMap(([name, inner]) =>
    inner === undefined ? [] : placesIn(inner, `${place}/${name}`),
  );
}

const placesOf = ({ path, query = {}, body = {} }: ChangeRequest) => [
  ...placesIn(path, 'path'),
  ...placesIn(query, 'query'),
  ...placesIn(body, 'body'),
];

describe('The generator', () => {
  test('makes requests to every route that changes something', () => {
    expect(Object.keys(generators).sort()).toEqual(Object.keys(contracts).sort());
  });

  test.each(Object.entries(contracts))(
    'generates accepted and refused values of every member of %s',
    (name, contract) => {
      const generated = generatedPlaces(name);

      const missing = membersOf(contract).filter(
        (member) => !generated.accepted.has(member) || !(generated.refused.has(member) || isNeverRefused(name, member)),
      );
      expect(missing).toEqual([]);
    },
  );
});

/** Returns the places in generated requests: all without a refused value in focus, and those of the refused values. */
function generatedPlaces(route: string): { accepted: Set<string>; refused: Set<string> } {
  const [accepted, refused] = [new Set<string>(), new Set<string>()];
  const { request } = generators[route] as Generator;
  for (const target of targetsOf(route))
    fc.check(
      fc.property(fc.gen(), (g) => {
        const random = createRandomSource(g);
        const { focus } = target;
        const state = createAwsState(random, 'w', target.state);
        const places = placesOf(request({ random, state, operation: 'ldgnf-w_0123456789abcdef', focus }));
        for (const place of places) if (focus?.kind !== 'refused') accepted.add(place);
        for (const place of places) if (focus?.kind === 'refused' && place.startsWith(focus.member)) refused.add(place);
      }),
      { seed: 1, numRuns: 20 },
    );
  return { accepted, refused };
}

const isNeverRefused = (route: string, member: string): boolean =>
  Object.entries(generators[route]?.values ?? {}).some(
    ([name, { neverRefused }]) => neverRefused && member.startsWith(name),
  );

test('A dry run and the live call agree', { timeout: 1_800_000 }, async () => {
  for (const [index, target] of schedule().entries())
    if (index === (onlyPair ?? index)) await checkTarget(target, index);

  const kinds = [...broken].map(([kind, { count, first }]) => `${count} × ${kind}\n  ${first}`);
  if (kinds.length > 0) throw new Error(`${kinds.join('\n\n')}\n\n${figures()}`);
});

test.runIf(onlyPair === undefined).each(Object.keys(generators))('%s is accepted and refused', (route) => {
  const statuses = testedPairs.filter(({ target }) => target.route === route).map(({ live }) => live.status);

  expect(statuses.filter((status) => status < 300)).not.toEqual([]);
  expect(statuses.filter((status) => status >= 400)).not.toEqual([]);
});

test.runIf(isProof && onlyPair === undefined)(
  'Every member of every schema was accepted, and refused unless it is never refused',
  () => {
    const missing = Object.entries(contracts).flatMap(([name, contract]) => {
      const routePairs = testedPairs.filter(({ target }) => target.route === name);
      const acceptedPlaces = new Set(
        routePairs.filter(({ live }) => live.status < 300).flatMap(({ request }) => placesOf(request)),
      );
      const refused = routePairs.filter(
        ({ target, live, failure }) =>
          target.focus?.kind === 'refused' && (live.status >= 400 || failure !== undefined),
      );
      const refusedPlaces = new Set(
        refused.flatMap(({ target, request }) =>
          placesOf(request).filter((place) => place.startsWith(target.focus?.member ?? '')),
        ),
      );
      return membersOf(contract).flatMap((member) => [
        ...(acceptedPlaces.has(member) ? [] : [`${name} ${member} was never accepted`]),
        ...(refusedPlaces.has(member) || isNeverRefused(name, member) ? [] : [`${name} ${member} was never refused`]),
      ]);
    });

    expect(missing).toEqual([]);
  },
);

afterAll(() => {
  if (isProof) console.log(figures());
});

const verdicts = ['pass', 'warn', 'fail', 'refused'] as const;

/** Returns a table of the pairs by route, outcome of the dry run and outcome of the live call. */
function figures(): string {
  const outcomes = verdicts.flatMap((verdict) => [[verdict, true] as const, [verdict, false] as const]);
  const rows = Object.keys(generators).map((route) => {
    const routePairs = testedPairs.filter(({ target }) => target.route === route);
    const cells = outcomes.map(
      ([verdict, isAccepted]) =>
        routePairs.filter(({ dryRun, live }) => verdictOf(dryRun) === verdict && live.status < 400 === isAccepted)
          .length,
    );
    return [route, routePairs.length, ...cells];
  });
  const head = ['', 'pairs', ...outcomes.map(([verdict, isAccepted]) => `${verdict}, ${isAccepted ? '2xx' : '4xx'}`)];
  const totals = [
    'all',
    ...head.slice(1).map((_, column) => rows.reduce((sum, row) => sum + Number(row[column + 1]), 0)),
  ];
  const lines = [head, ...rows, totals].map(
    ([name, ...cells]) => `${name}`.padEnd(24) + cells.map((cell) => `${cell}`.padStart(13)).join(''),
  );
  const disagreements = [...broken.values()].reduce((sum, { count }) => sum + count, 0);
  return [`Seed ${seed}`, ...lines, `${disagreements} disagreements of ${broken.size} kinds`].join('\n');
}
