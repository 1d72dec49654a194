import { expect, it } from 'vitest';
import { callerOf } from '../../src/lib/caller.ts';

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
  ['no authorizer, HTTP API', {}, 'local', 'local'],
  ['no authorizer, REST API', { authorizer: null, identity: { userArn: null } }, 'local', 'local'],
  ['a token without a subject', { authorizer: { jwt: { claims: { sub: ['a', 'b'] } } } }, 'local', 'local'],
])('returns the caller of %s', (_, requestContext, name, principal) => {
  expect(callerOf({ requestContext })).toEqual({ name, principal });
});
