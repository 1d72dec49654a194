import { afterAll, describe, expect, test } from 'vitest';
import { routes } from '../../src/schemas/routes.ts';
import { contractsThat } from '../support/routeRequest.ts';
import { changes, madeOnce } from './changes.ts';
import { type Change, holdMs, type Moment, type Outcome, startKilling } from './killHarness.ts';

/** `npm run prove:kill` kills at every call of every change, which takes some minutes, and prints the figures. */
const everywhere = process.env.PROVE === '1';

const killing = await startKilling();
const all = changes(killing);
const outcomes: [string, Outcome][] = [];

const kill: typeof killing.kill = async (change, ...how) => {
  const outcome = await killing.kill(change, ...how);
  outcomes.push([change.name, outcome]);
  return outcome;
};

function expectMadeOnce({ name, status = 202, accepts: [least, most] = [1, 1] }: Change, outcome: Outcome): void {
  const { reply, effect, accepted } = outcome;
  expect(reply.status, JSON.stringify(reply.body)).toBe(status);
  if (status === 202) expect(reply.headers.location).toMatch(/^\/(global-datastores\/ldgnf-k|evacuations\/)/);
  expect(effect).toEqual(madeOnce[name]);
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

    expectMadeOnce(change, outcome);
  });

  test('after AWS has accepted it: a retry after the completion does not repeat it', async () => {
    const outcome = await kill(change, { action, phase: 'after' }, { rested: true });

    expectMadeOnce({ ...change, accepts: change.accepts && [change.accepts[0], change.accepts[0]] }, outcome);
  });
});

test('Killed after its response: a retry gets that response', async () => {
  const [change = all[0] as Change] = all;
  const outcome = await kill(change, 'answered');

  expectMadeOnce(change, outcome);
  expect(outcome.reply.body).toEqual(outcome.lost?.body);
  expect(outcome.reply.headers['idempotency-replayed']).toBe('true');
});

test('Killed before the call of AWS, with another change made since: a retry sends nothing to AWS', async () => {
  const change = all.find(({ name }) => name === 'modifyGlobalDatastore') as Change;
  const other = { headers: {}, body: { GlobalReplicationGroupDescription: 'Overtaken' } };
  const { reply, again, effect, accepted } = await killing.kill(
    change,
    { action: 'ModifyGlobalReplicationGroup', phase: 'before' },
    { meanwhile: async (name) => void (await killing.call(change.request(name).request, other)) },
  );

  expect(reply).toMatchObject({ status: 502, body: { code: 'OutcomeUnknown' } });
  expect(reply.body.detail).toMatch(/ sent PATCH \/global-datastores\/\{GlobalReplicationGroupId\} at/);
  expect(effect).toBe('cache.r7g.large');
  expect(accepted).toBe(1); // the other change
  expect((await again()).body.code).toBe('OutcomeUnknown');
});

const moments: [string, string, Change, Moment][] = [];
for (const change of everywhere ? all : []) {
  const { trace } = await killing.kill(change, undefined);
  for (const [index, action] of trace.entries()) {
    for (const phase of ['before', 'after'] as const)
      moments.push([change.name, `${phase} call ${index + 1}, ${action}`, change, { call: index + 1, phase }]);
  }
}

test.each(moments)(
  '%s, killed %s: a retry with its key gets the response, and the change is made once',
  async (...given) => {
    const [, , change, moment] = given;

    expectMadeOnce(change, await kill(change, moment));
  },
);

afterAll(() => {
  if (!everywhere) return;
  const lines = all.map(({ name, status = 202 }) => {
    const own = outcomes.filter(([killed]) => killed === name).map(([, outcome]) => outcome);
    const answered = own.filter(({ reply }) => reply.status === status);
    const once = own.filter(({ effect }) => JSON.stringify(effect) === JSON.stringify(madeOnce[name]));
    const unsure = own.filter(({ isUnsure }) => isUnsure);
    const slowest = Math.max(...own.map(({ ms }) => ms));
    return `${name.padEnd(24)} ${String(own.length).padStart(3)} kills, ${String(answered.length).padStart(3)} answered ${status} (${unsure.length} of them at the second time), ${String(once.length).padStart(3)} changed as by one run, slowest ${slowest} ms`;
  });
  console.log(`The key of a killed request is held for ${holdMs} ms here, for 28 s on AWS.\n${lines.join('\n')}`);
});
