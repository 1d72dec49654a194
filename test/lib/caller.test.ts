import { expect, it, vi } from 'vitest';
import { callerOf, valuesOfClaim } from '../../src/lib/caller.ts';

const user = 'arn:aws:iam::123456789012:user/ann';
const session = 'arn:aws:sts::123456789012:assumed-role/Deployer/build-4711';

it.each([
  ['IAM, HTTP API', { authorizer: { iam: { userArn: user } } }, user, user],
  ['IAM, REST API', { identity: { userArn: user } }, user, user],
  [
    'a role session, HTTP API',
    { authorizer: { iam: { userArn: session } } },
    session,
    'arn:aws:sts::123456789012:assumed-role/Deployer',
  ],
  ['a token, HTTP API', { authorizer: { jwt: { claims: { sub: 'client-7' } } } }, 'client-7', 'client-7'],
  ['a token, REST API', { authorizer: { claims: { sub: 'client-7' } } }, 'client-7', 'client-7'],
])('returns the caller of %s', (_, requestContext, name, principal) => {
  expect(callerOf({ requestContext })).toEqual({ name, principal });
});

/** Requests that no authorizer has identified. */
const unidentified: [string, object][] = [
  ['no authorizer, HTTP API', {}],
  ['no authorizer, REST API', { authorizer: null, identity: { userArn: null } }],
  ['an empty identity', { authorizer: { iam: { userArn: '' } }, identity: { userArn: '' } }],
];

/** Tokens whose subject does not identify their bearer. */
const withoutSubject = [undefined, null, '', ' ', 7, ['a', 'b'], {}, '[a b]', user, session].flatMap(
  (sub): [string, object][] => [
    [`a token with the subject ${JSON.stringify(sub)}, HTTP API`, { authorizer: { jwt: { claims: { sub } } } }],
    [`a token with the subject ${JSON.stringify(sub)}, REST API`, { authorizer: { claims: { sub } } }],
  ],
);

it.each([...unidentified, ...withoutSubject])('returns no caller of %s', (_, requestContext) => {
  expect(callerOf({ requestContext })).toBeUndefined();
});

it.each(unidentified)('returns the caller that `npm start` sets for %s', async (_, requestContext) => {
  vi.resetModules();
  vi.stubEnv('LOCAL_CALLER', 'local');
  const { callerOf } = await import('../../src/lib/caller.ts');
  vi.unstubAllEnvs();

  expect(callerOf({ requestContext })).toEqual({ name: 'local', principal: 'local' });
  for (const [, token] of withoutSubject) expect(callerOf({ requestContext: token })).toBeUndefined();
});

it.each([
  ['a', ['a']],
  ['a b', ['a b']],
  ['[a]', ['a']],
  ['[a b]', ['a', 'b']],
  [undefined, []],
  [['a'], []],
])('returns the values of the claim %j', (claim, values) => {
  expect(valuesOfClaim(claim)).toEqual(values);
});
