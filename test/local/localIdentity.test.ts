import { afterAll, describe, expect, it } from 'vitest';
import { createApiServer } from '../../local/apiServer.ts';
import { createLocalGateway } from '../../local/localGateway.ts';
import { listen } from '../../local/ports.ts';
import { startApi } from '../support/api.ts';
import { contextWith } from '../support/event.ts';
import { tagged, writePolicy } from '../support/policy.ts';

const ana = { 'x-local-caller': 'arn:aws:iam::123456789012:user/ana' };
const operator = { 'x-local-caller': 'arn:aws:sts::123456789012:assumed-role/BreakGlass/olga' };
const ben = { 'x-local-claims': '{"sub":"ben","team":["carts","catalog"]}' };

const POLICY_FILE = writePolicy({
  OwnerTag: 'team',
  Owners: { [ana['x-local-caller']]: 'orders', 'arn:aws:sts::123456789012:assumed-role/BreakGlass': '*' },
  Regions: ['us-east-1'],
});
const { emulator, routes } = await startApi({ environment: { POLICY_FILE, LOCAL_CALLER: 'local' } });
await emulator.seed('orders', 'us-east-1', tagged('orders'));
await emulator.seed('carts', 'us-east-1', tagged('carts'));

const received: Record<string, string | undefined>[] = [];
const gateway = createLocalGateway({
  routes,
  invoke: async (name, event) => {
    received.push(event.headers);
    const { handler } = await import(`../../src/handlers/${name}.ts`);
    return handler(event, contextWith(29_000));
  },
});
const server = createApiServer({ gateway });
const url = await listen(server);
afterAll(() => server.close().closeAllConnections());

async function read(path: string, headers: Record<string, string> = {}) {
  const response = await fetch(url + path, { headers });
  return { status: response.status, body: (await response.json()) as ReturnType<typeof JSON.parse> };
}

async function change(path: string, body: object, headers: Record<string, string>) {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as ReturnType<typeof JSON.parse> };
}

const groupsOf = async (headers?: Record<string, string>) =>
  (await read('/replication-groups?Region=us-east-1', headers)).body.ReplicationGroups.map(
    ({ ReplicationGroupId }: { ReplicationGroupId: string }) => ReplicationGroupId,
  );

describe('the local identity', () => {
  it('selects the resources that a caller can read', async () => {
    expect(await groupsOf(ana)).toEqual(['orders']);
    expect(await groupsOf(ben)).toEqual(['carts']);
    expect(await groupsOf(operator)).toEqual(['carts', 'orders']);
    expect(await groupsOf()).toEqual([]);
  });

  it('is in the audit trail, and the policy applies to it', async () => {
    const created = await change(
      '/global-datastores',
      { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders' },
      ana,
    );
    const denied = await change(
      '/global-datastores/ldgnf-orders/members',
      { ReplicationGroupId: 'orders-euw1', ReplicationGroupRegion: 'eu-west-1' },
      operator,
    );

    expect([created.status, denied.status, denied.body.code]).toEqual([202, 403, 'PolicyDenied']);
    const { body } = await read('/global-datastores/ldgnf-orders/audit', ana);
    expect(body.AuditEntries.map(({ Caller }: { Caller: string }) => Caller)).toEqual([
      operator['x-local-caller'],
      ana['x-local-caller'],
    ]);
  });

  it('is not passed to the functions as headers', async () => {
    received.length = 0;

    await read('/health', ana);
    await read('/health', ben);

    expect(received).toHaveLength(2);
    expect(received.flatMap((headers) => Object.keys(headers)).filter((name) => name.includes('local'))).toEqual([]);
  });

  it('is refused by the functions as on AWS if a token has no subject', async () => {
    const response = await read('/global-datastores', { 'x-local-claims': '{"team":"orders"}' });

    expect(response).toMatchObject({ status: 401, body: { code: 'CallerNotIdentified' } });
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['a name', { 'x-local-caller': 'ana' }, /such as arn:aws:iam::123456789012:user\/ana .*, not ana\.$/],
    ['no value', { 'x-local-caller': '' }, /not \(empty\)\.$/],
    ['the ARN of a role', { 'x-local-caller': 'arn:aws:iam::123456789012:role/Orders' }, /the session of a role/],
    ['an ARN without an account', { 'x-local-caller': 'arn:aws:iam:::user/ana' }, /such as/],
    ['text as claims', { 'x-local-claims': 'sub=ana' }, /JSON object, such as .*, not sub=ana\.$/],
    ['a list as claims', { 'x-local-claims': '["ana"]' }, /JSON object/],
    ['a claim that is an object', { 'x-local-claims': '{"sub":"ana","team":{}}' }, /claim team .* not \{\}\.$/],
    ['a claim that is null', { 'x-local-claims': '{"sub":null}' }, /claim sub .* not null\.$/],
    ['two identities', { ...ana, ...ben }, /one identity/],
  ])('that is %s is refused with the valid form', async (_, headers, detail) => {
    received.length = 0;

    const response = await fetch(`${url}/health`, { headers });

    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ status: 400, detail: expect.stringMatching(detail) });
    expect(received).toEqual([]);
  });
});
