import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { contractsThat } from '../support/routeRequest.ts';
import { startEnvironment } from './scenarios/environment.ts';
import { violationTypes } from './scenarios/oracle.ts';
import { runScenario, type ScenarioResult } from './scenarios/runScenario.ts';
import {
  type Replacement,
  type RequestedChange,
  requestedChanges,
  type requests,
  type Scenario,
  type Step,
  scenariosForRoute,
} from './scenarios/scenario.ts';
import type { Fault } from './scenarios/transport.ts';

/**
 * `npm run prove:interleavings` runs many scenarios about each contract and prints the figures; `npm test` runs a few. A
 * failure names its seed: `SEED=… SCENARIOS=… npm run prove:interleavings` runs the same scenarios again.
 */
const isProof = process.env.PROVE === '1';
const count = Number(process.env.SCENARIOS ?? (isProof ? 110 : 3));
const freshSeed = Number(process.env.SEED ?? Date.now() % 1_000_000_000);
const seeds = isProof ? [freshSeed] : [12, freshSeed];

/** The limit on the kinds of violations that are shrunk for each contract. Each takes up to 15 s. */
const mostShrunk = 8;

const environment = await startEnvironment();
/** The contracts that start failovers of their own. killDrill.test.ts and evacuation.test.ts inject kills and faults there. */
const withoutScenarios = ['startDrill', 'startEvacuation'];
const contracts = contractsThat(environment.routes, ({ headers = [] }) =>
  headers.some((name) => name === 'Idempotency-Key'),
)
  .map(([name]) => name)
  .filter((name) => !withoutScenarios.includes(name));

/** The results of all scenarios about a contract. */
interface Outcome {
  readonly route: string;
  readonly results: readonly ScenarioResult[];
}

const outcomes: Outcome[] = [];

/** Runs scenarios about a contract. Returns one shrunk scenario for each kind of violation: its type and its place. */
async function runScenarios(route: string, base: number): Promise<string[]> {
  const seed = base + contracts.indexOf(route); // other scenarios for each contract
  const results: ScenarioResult[] = [];
  const property = fc.asyncProperty(scenariosForRoute(route), async (scenario) => {
    results.push(await runScenario(environment, scenario));
  });
  await fc.assert(property, { seed, numRuns: count });
  outcomes.push({ route, results });
  const failures: string[] = [];
  for (const kind of [...new Set(results.flatMap(kindsOf))].slice(0, mostShrunk)) {
    const index = results.findIndex((one) => kindsOf(one).includes(kind));
    const lines = (await shrink(route, { seed, index, kind })) ?? results[index]?.lines ?? [];
    failures.push(`${kind} (${route}, SEED=${base} SCENARIOS=${count})\n${lines.join('\n')}\n`);
  }
  return failures;
}

const kindsOf = ({ violations }: ScenarioResult) => violations.map(({ type, where }) => `${type}: ${where}`);

/** Shrinks a scenario with a violation. Returns undefined if no violation of that kind occurs in the second run. */
async function shrink(
  route: string,
  { seed, index, kind }: { seed: number; index: number; kind: string },
): Promise<readonly string[] | undefined> {
  let shortest: readonly string[] | undefined;
  const property = fc.asyncProperty(scenariosForRoute(route), async (scenario) => {
    const one = await runScenario(environment, scenario);
    if (!kindsOf(one).includes(kind)) return;
    shortest = one.lines;
    throw new Error(kind);
  });
  await fc.check(property, { seed, path: String(index), numRuns: 1, interruptAfterTimeLimit: 15_000 });
  return shortest;
}

test('Every contract that takes an Idempotency-Key has scenarios, except those that start failovers of their own', () => {
  expect([...new Set(requestedChanges.map(({ route }) => route))].sort()).toEqual([...contracts].sort());
});

const throttledRead: Fault = { faultKind: 'throttled', at: 'read', extent: 'run' };
const throttledOnce: Fault = { faultKind: 'throttled', at: 'read', extent: 'retries' };
const throttledChange: Fault = { faultKind: 'throttled', at: 'change', extent: 'retries' };
const killedAfter: Fault = { faultKind: 'killed after', at: 'change', extent: 'call' };
const killedBefore: Fault = { faultKind: 'killed before', at: 'change', extent: 'call' };
const responseLost: Fault = { faultKind: 'connection reset after', at: 'change', extent: 'run' };

/** Returns a scenario: a request of ana with a fault, the steps `afterwards`, and a retry with the same key. */
function scenario(
  [route, title]: readonly [route: string, title: string],
  fault: Fault,
  afterwards: readonly Step[] = [],
  more: Partial<Scenario> = {},
): Scenario {
  const requestedChange = requestedChanges.find((one) => one.route === route && one.title === title) as RequestedChange;
  const first = { fault, waitsForCompletion: true, afterwards };
  const again = { waitsForCompletion: true, afterwards: [] };
  return { requestedChange, owners: false, key: true, ifMatch: 'none', tries: [first, again], ...more };
}

const ben = (requestName: Extract<Step, { requestName: unknown }>['requestName']): Step => ({
  waitsForCompletion: true,
  by: 'ben',
  requestName,
});
const eve = (requestName: keyof typeof requests): Step => ({ waitsForCompletion: true, by: 'eve', requestName });
const tagAsB: Step = { waitsForCompletion: true, by: 'an external client', taggedMembers: 'all members' };
const callAws = (awsCallName: Extract<Step, { awsCallName: unknown }>['awsCallName']): Step => ({
  waitsForCompletion: true,
  by: 'an external client',
  awsCallName,
});
const defaultReplacement: Replacement = {
  deletedBy: 'ben',
  createdBy: 'ben',
  hasSamePrimary: false,
  waitsForCompletion: true,
};
const replaceDatastore = (overrides: Partial<Replacement> = {}): Step => ({
  waitsForCompletion: true,
  replacement: { ...defaultReplacement, ...overrides },
});

/** Returns a scenario with owners whose last step hides the tags of all members until after the retry. */
function withHiddenTags(afterwards: readonly Step[]): Scenario {
  const tries = [
    { fault: killedAfter, waitsForCompletion: true, afterwards },
    { waitsForCompletion: false, afterwards: [] },
  ];
  return scenario(['applyTopology', 'detach'], killedAfter, [], { owners: true, tries });
}

const modify = ['modifyGlobalDatastore', 'node type'] as const;
const failover = ['failoverGlobalDatastore', 'to a region'] as const;
const create = ['createGlobalDatastore', 'alone'] as const;
const teardown = ['deleteGlobalDatastore', 'with secondaries'] as const;

/** The cases that reviews and earlier runs found, and the same cases of other changes, as scenarios. */
const knownCases: readonly (readonly [string, Scenario])[] = [
  [
    'A forbidden node type stays forbidden after a read was throttled',
    scenario(modify, throttledRead, [], { rule: 'NodeFamilies', ifMatch: '*' }),
  ],
  [
    'A failover without its reason stays forbidden after a read was throttled',
    scenario(failover, throttledRead, [], { rule: 'FailoverReasonRequired', ifMatch: '*' }),
  ],
  [
    'A failover inside its cool-down stays forbidden after a read was throttled',
    scenario(failover, throttledRead, [], { rule: 'FailoverCooldownMinutes', ifMatch: '*' }),
  ],
  [
    'A create that was throttled does not claim the datastore of another caller',
    scenario(create, throttledChange, [ben('createDescribed')]),
  ],
  [
    'A create that was throttled does not claim an equal datastore of another caller',
    scenario(create, throttledChange, [ben('createSame')]),
  ],
  [
    'A create that was throttled does not claim a datastore created directly in AWS',
    scenario(create, throttledChange, [callAws('createSame')]),
  ],
  [
    'A failover whose response was lost does not undo a later one',
    scenario(failover, responseLost, [ben('failoverAp')]),
  ],
  [
    'A failover whose response was lost does not undo a later one made directly in AWS',
    scenario(failover, responseLost, [callAws('failoverAp')]),
  ],
  [
    'A delete whose response was lost does not delete a datastore that another caller created since',
    scenario(['deleteGlobalDatastore', 'without secondaries'], responseLost, [ben('createSame')]),
  ],
  [
    'A create is not repeated after another caller deleted the datastore',
    scenario(create, killedAfter, [ben('delete')]),
  ],
  ['A change of the node type does not undo a later one', scenario(modify, killedAfter, [ben('resize')])],
  [
    'A change of the node type does not undo a later one made directly in AWS',
    scenario(modify, killedAfter, [callAws('resize')]),
  ],
  [
    'A change of the description does not undo a later one',
    scenario(['modifyGlobalDatastore', 'description'], killedAfter, [ben('describe')]),
  ],
  [
    'A change of the node type does not apply to a datastore created since',
    scenario(modify, killedAfter, [replaceDatastore()]),
  ],
  ['A teardown does not start after a later change', scenario(teardown, killedBefore, [ben('removeEu')])],
  [
    'A member is not added again after another caller removed it',
    scenario(['addMember', 'second member'], killedAfter, [ben('removeEu'), callAws('deleteGroupEu')]),
  ],
  [
    'A member is not removed again after another caller added it again',
    scenario(['removeMember', 'second member'], killedAfter, [callAws('deleteGroupEu'), ben('addEu')]),
  ],
  [
    'Node groups are not scaled again after a later change',
    scenario(['scaleNodeGroups', 'more'], killedAfter, [ben('scale')]),
  ],
  [
    'Slots are not rebalanced in a datastore created since',
    scenario(['rebalanceSlots', 'slots'], killedAfter, [replaceDatastore()]),
  ],
  [
    'A topology does not start after a later change',
    scenario(['applyTopology', 'promote'], killedBefore, [ben('resize')]),
  ],
  [
    'A member that another caller removed is not claimed as removed',
    scenario(['removeMember', 'second member'], killedBefore, [ben('removeEu')]),
  ],
  [
    'A datastore of another owner is not torn down while AWS returns no tags',
    scenario(
      teardown,
      { faultKind: 'killed before', at: 1, extent: 'call' },
      [replaceDatastore({ createdBy: 'eve', waitsForCompletion: false })],
      {
        owners: true,
      },
    ),
  ],
  [
    'The audit trail and the operations of a deleted datastore are not shown to the owner of the next one',
    scenario(['applyTopology', 'detach'], responseLost, [replaceDatastore({ createdBy: 'eve' })], { owners: true }),
  ],
  [
    'A datastore with members of different owners belongs to neither owner',
    scenario(
      failover,
      throttledChange,
      [{ waitsForCompletion: true, by: 'an external client', taggedMembers: 'the primary' }],
      { owners: true },
    ),
  ],
  ['The last known owner keeps access while AWS returns no tags', withHiddenTags([tagAsB, callAws('resize')])],
  [
    'A new owner that the API has read is the last known one',
    withHiddenTags([tagAsB, eve('describe'), callAws('resize')]),
  ],
  [
    'NodeFamilies forbids a create while the read of the primary is throttled',
    scenario(create, throttledOnce, [], { rule: 'NodeFamilies' }),
  ],
  [
    'MaxDatastores forbids a create while the count is throttled',
    scenario(create, throttledOnce, [], { rule: 'MaxDatastores' }),
  ],
  [
    'FailoverCooldownMinutes forbids a failover while the table is throttled',
    scenario(failover, { faultKind: 'throttled', at: 'table read', extent: 'retries' }, [], {
      rule: 'FailoverCooldownMinutes',
    }),
  ],
  [
    'A topology that replaces the primary needs a reason, as a failover does',
    scenario(['applyTopology', 'replace the primary'], responseLost, [], { rule: 'FailoverReasonRequired' }),
  ],
];

describe('Known cases', () => {
  test.each(knownCases)('%s', async (_, scenario) => {
    const { violations, faultKinds, lines } = await runScenario(environment, scenario);

    if (!scenario.rule) expect(faultKinds).not.toEqual([]); // a rule can refuse the request before the fault
    expect(violations, lines.join('\n')).toEqual([]);
  });
});

test.each(contracts)('Scenarios about %s have no violation', { timeout: 600_000 }, async (route) => {
  const failures: string[] = [];
  for (const seed of seeds) failures.push(...(await runScenarios(route, seed)));

  if (failures.length > 0) throw new Error(failures.join('\n'));
});

afterAll(() => {
  if (isProof) console.log(figures());
});

/** Returns the numbers of scenarios by contract and fault, and the number with each type of violation. */
function figures(): string {
  const all = outcomes.flatMap(({ results }) => results);
  const kinds = [...new Set(all.flatMap(faultKindsOf))].sort();
  const rows = [
    ['', 'scenarios', ...kinds],
    ...outcomes.map(({ route, results }) => [route, results.length, ...kinds.map((kind) => countOf(results, kind))]),
    ['all', all.length, ...kinds.map((kind) => countOf(all, kind))],
  ];
  const zeros = violationTypes.map((type) => {
    const matching = all.filter(({ violations }) => violations.some((one) => one.type === type));
    return `${matching.length} scenarios with ${type}`;
  });
  const lines = rows.map(([name, ...cells]) => [`${name}`.padEnd(24), ...cells.map((cell) => `${cell}`.padStart(24))]);
  return [`Seed ${freshSeed}`, ...lines.map((line) => line.join(' ')), ...zeros].join('\n');
}

const faultKindsOf = ({ faultKinds }: ScenarioResult) => (faultKinds.length > 0 ? faultKinds : ['no fault']);
const countOf = (results: readonly ScenarioResult[], kind: string) =>
  results.filter((one) => faultKindsOf(one).includes(kind)).length;
