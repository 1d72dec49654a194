import { describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';
import { contractsThat, requestFor } from '../support/routeRequest.ts';

const { call, emulator, routes } = await startApi();

/** Senders that no authorizer has identified. */
const unidentified = [
  ['a token without a subject', { claims: { scope: 'all' } }],
  ['a token with an empty subject', { claims: { sub: '' } }],
  ['a token with several subjects', { claims: { sub: '[a b]' } }],
  ['a token with the ARN of a role as its subject', { claims: { sub: 'arn:aws:sts::123456789012:assumed-role/A/b' } }],
  ['no authorizer', { caller: null }],
] as const;

describe.each(unidentified)('a request with %s', (_, sender) => {
  it.each(contractsThat(routes, ({ unauthenticated }) => !unauthenticated))('is refused by %s', async (_, contract) => {
    const { request, body } = requestFor(contract, 'orders');
    await emulator.calls();

    const { status, headers, body: problem } = await call(request, { ...sender, ...(body && { body }) });

    expect([status, problem.code]).toEqual([401, 'CallerNotIdentified']);
    expect(headers['www-authenticate']).toMatch(/^Bearer /);
    expect(await emulator.calls()).toEqual([]);
  });

  it.each(contractsThat(routes, ({ unauthenticated }) => unauthenticated === true))(
    'is served by %s',
    async (_, contract) => {
      expect((await call(requestFor(contract, 'orders').request, sender)).status).toBe(200);
    },
  );
});
