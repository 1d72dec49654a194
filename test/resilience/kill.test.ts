import { afterAll, describe, expect, test } from 'vitest';
import { routes } from '../../src/schemas/routes.ts';
import { contractsThat } from '../support/routeRequest.ts';
import { changes, expectedEffects } from './changes.ts';
import { type Change, holdMs, type KillPoint, type Outcome, startKillHarness } from './killHarness.ts';

/** `npm run prove:kill` kills at every call of every change, which takes some minutes, and prints the figures. */
const isExhaustive = process.env.PROVE === '1';

const harness = await startKillHarness();
const all = changes(harness);
const outcomes: [string, Outcome][] = [];

const kill: typeof harness.kill = async (change, ...options) => {
  const outcome = await harness.kill(change, ...options);
  outcomes.push([change.name, outcome]);
  return outcome;
};

function expectSingleEffect({ name, status = 202, accepts: [least, most] = [1, 1] }: Change, outcome: Outcome): void {
  const { reply, effect, accepted } = outcome;
  expect(reply.status, JSON.stringify(reply.body)).toBe(status);
  if (status === 202) expect(reply.headers.location).toMatch(/^\/(global-datastores\/ldgnf-k|evacuations\/)/);
  expect(effect).toEqual(expectedEffects[name]);
  expect(accepted).toBeGreaterThanOrEqual(least);
  expect(accepted).toBeLessThanOrEqual(most);
}

test('Every contract that takes an Idempotency-Key is among the changes', () => {
  const contracts = contractsThat(routes, ({ headers = [] }) => headers.some((name) => name === 'Idempotency-Key'));

  expect(all.map(({ name }) => name).sort()).toEqual(contracts.map(([name]) => name).sort());
});

describe.each(all.map((change) => [change.name, change] as const))('%s, killed', (_, change) => {
  const [action = ''] = change.actions;

  test('after AWS has accepted it: a retry gets the response, at the latest once the change is complete', async () => {
    const outcome = await kill(change, { action, phase: 'after' });

    expectSingleEffect(change, outcome);
  });

  test('after AWS has accepted it: a retry after the completion does not repeat it', async () => {
    const outcome = await kill(change, { action, phase: 'after' }, { completesChanges: true });

    expectSingleEffect({ ...change, accepts: change.accepts && [change.accepts[0], change.accepts[0]] }, outcome);
  });
});

test('Killed after its response: a retry gets that response', async () => {
  const [change = all[0] as Change] = all;
  const outcome = await kill(change, 'responded');

  expectSingleEffect(change, outcome);
  expect(outcome.reply.body).toEqual(outcome.lost?.body);
  expect(outcome.reply.headers['idempotency-replayed']).toBe('true');
});

test('Killed before the call of AWS, with another change made since: a retry sends nothing to AWS', async () => {
  const change = all.find(({ name }) => name === 'modifyGlobalDatastore') as Change;
  const other = { headers: {}, body: { GlobalReplicationGroupDescription: 'Overtaken' } };
  const { reply, again, effect, accepted } = await harness.kill(
    change,
    { action: 'ModifyGlobalReplicationGroup', phase: 'before' },
    { meanwhile: async (name) => void (await harness.call(change.request(name).request, other)) },
  );

  expect(reply).toMatchObject({ status: 502, body: { code: 'OutcomeUnknown' } });
  expect(reply.body.detail).toMatch(/ sent PATCH \/global-datastores\/\{GlobalReplicationGroupId\} at/);
  expect(effect).toBe('cache.r7g.large');
  expect(accepted).toBe(1); // the other change
  expect((await again()).body.code).toBe('OutcomeUnknown');
});

const killPoints: [string, string, Change, KillPoint][] = [];
for (const change of isExhaustive ? all : []) {
  const { trace } = await harness.kill(change, undefined);
  for (const [index, action] of trace.entries()) {
    for (const phase of ['before', 'after'] as const)
      killPoints.push([change.name, `${phase} call ${index + 1}, ${action}`, change, { call: index + 1, phase }]);
  }
}

test.each(killPoints)(
  '%s, killed %s: a retry with its key gets the response, and the change is made once',
  async (...parameters) => {
    const [, , change, killPoint] = parameters;

    expectSingleEffect(change, await kill(change, killPoint));
  },
);

afterAll(() => {
  if (!isExhaustive) return;
  const lines = all.map(({ name, status = 202 }) => {
    const results = outcomes.filter(([killed]) => killed === name).map(([, outcome]) => outcome);
    const responded = results.filter(({ reply }) => reply.status === status);
    const once = results.filter(({ effect }) => JSON.stringify(effect) === JSON.stringify(expectedEffects[name]));
    const uncertain = results.filter(({ isUncertain }) => isUncertain);
    const slowest = Math.max(...results.map(({ ms }) => ms));
    return `${name.padEnd(24)} ${String(results.length).padStart(3)} kills, ${String(responded.length).padStart(3)} with response ${status} (${uncertain.length} of them at the second retry), ${String(once.length).padStart(3)} with the effect of one run, slowest ${slowest} ms`;
  });
  console.log(`The key of a killed request is held for ${holdMs} ms here, for 28 s on AWS.\n${lines.join('\n')}`);
});
