import { afterAll, describe, expect, test } from 'vitest';
import { changes, madeOnce } from './changes.ts';
import { type Change, holdMs, type Moment, type Outcome, startKilling } from './killing.ts';

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

function expectMadeOnce(name: string, { reply, effect }: Outcome): void {
  expect(reply.status, JSON.stringify(reply.body)).toBe(202);
  expect(reply.headers.location).toMatch(/^\/global-datastores\/ldgnf-k/);
  expect(effect).toEqual(madeOnce[name]);
}

/** A failover that is under way is asked for again: it changes nothing then, and rather two than none. */
const mostAccepted = ({ name }: Change) => (name === 'failoverGlobalDatastore' ? 2 : 1);

describe.each(all.map((change) => [change.name, change] as const))('%s, killed', (name, change) => {
  const [action = ''] = change.actions;

  test('after AWS has accepted it: the same request finds it under way', async () => {
    const outcome = await kill(change, { action, phase: 'after' });

    expectMadeOnce(name, outcome);
    expect(outcome.accepted).toBe(mostAccepted(change));
  });

  test('after AWS has accepted it: the same request finds it done', async () => {
    const outcome = await kill(change, { action, phase: 'after' }, { rested: true });

    expectMadeOnce(name, outcome);
    expect(outcome.accepted).toBe(1);
  });
});

test('Killed after its answer: the same request gets that answer', async () => {
  const [change = all[0] as Change] = all;
  const outcome = await kill(change, 'answered');

  expectMadeOnce(change.name, outcome);
  expect(outcome.accepted).toBe(1);
  expect(outcome.reply.body).toEqual(outcome.lost?.body);
  expect(outcome.reply.headers['idempotency-replayed']).toBe('true');
});

test('Killed before AWS hears of it, then overtaken by another: the same request is refused until that one is through', async () => {
  const change = all.find(({ name }) => name === 'modifyGlobalDatastore') as Change;
  const other = { headers: {}, body: { GlobalReplicationGroupDescription: 'Overtaken' } };
  const { reply, again, effect } = await killing.kill(
    change,
    { action: 'ModifyGlobalReplicationGroup', phase: 'before' },
    { meanwhile: async (name) => void (await killing.call(change.request(name).request, other)) },
  );

  expect(reply.status).toBe(409);
  expect(reply.body.code).toBe('InvalidGlobalReplicationGroupStateFault');
  expect(effect).toBe('cache.r7g.large');
  expect((await again()).status).toBe(202);
});

const moments: [string, string, Change, Moment][] = [];
for (const change of everywhere ? all : []) {
  const { trace } = await killing.kill(change, undefined);
  for (const [index, action] of trace.entries()) {
    for (const phase of ['before', 'after'] as const)
      moments.push([change.name, `${phase} call ${index + 1}, ${action}`, change, { call: index + 1, phase }]);
  }
}

test.each(moments)('%s, killed %s: the same request gets its answer, and the change is made once', async (...given) => {
  const [name, , change, moment] = given;
  const outcome = await kill(change, moment);

  expectMadeOnce(name, outcome);
  expect(outcome.accepted).toBeGreaterThanOrEqual(1);
  expect(outcome.accepted).toBeLessThanOrEqual(mostAccepted(change));
});

afterAll(() => {
  if (!everywhere) return;
  const lines = all.map(({ name }) => {
    const own = outcomes.filter(([killed]) => killed === name).map(([, outcome]) => outcome);
    const answered = own.filter(({ reply }) => reply.status === 202);
    const once = own.filter(({ effect }) => JSON.stringify(effect) === JSON.stringify(madeOnce[name]));
    const slowest = Math.max(...own.map(({ ms }) => ms));
    return `${name.padEnd(24)} ${String(own.length).padStart(3)} kills, ${String(answered.length).padStart(3)} answered 202, ${String(once.length).padStart(3)} changed as by one run, slowest ${slowest} ms`;
  });
  console.log(`The key of a killed request is held for ${holdMs} ms here, for 28 s on AWS.\n${lines.join('\n')}`);
});
