import { readFileSync } from 'node:fs';
import * as sdk from '@aws-sdk/client-elasticache';
import { beforeEach, describe, expect, it } from 'vitest';
import { AWS_PROBLEMS } from '../../src/problems/problemTypes.ts';
import { startApi } from '../support/api.ts';
import { createProxy, fault } from '../support/proxy.ts';
import { exampleRequest } from '../support/requests.ts';

const proxy = createProxy();
const { call, emulator, routes } = await startApi({ proxy });
const awsRoutes = Object.entries(routes).filter(([, { awsActions }]) => awsActions.length > 0);
const actions = [...new Set(awsRoutes.flatMap(([, { awsActions }]) => awsActions))];

beforeEach(async () => {
  await emulator.clearFaults();
  await emulator.calls();
});

describe('the problem types of AWS', () => {
  it.each(actions)('has a row for every error that %s can end in', (action) => {
    const errors = documentedErrorsOf(action);

    const missing = errors.filter((name) => !Object.hasOwn(AWS_PROBLEMS, name));

    expect(errors).not.toEqual([]);
    expect(missing).toEqual([]);
  });

  it('names errors of the SDK and nothing else', () => {
    const errors = Object.entries(sdk)
      .filter(([, found]) => typeof found === 'function' && found.prototype instanceof sdk.ElastiCacheServiceException)
      .map(([name]) => name);

    const unknownNames = Object.keys(AWS_PROBLEMS).filter((name) => !errors.includes(name));

    expect(unknownNames).toEqual([]);
  });
});

/** The documented statuses of errors of ElastiCache. The code of every other error is its own name, too. */
const documentedStatuses: Readonly<Record<string, number>> = {
  ReplicationGroupNotFoundFault: 404,
  GlobalReplicationGroupNotFoundFault: 404,
  InvalidReplicationGroupStateFault: 409,
  InvalidGlobalReplicationGroupStateFault: 409,
  GlobalReplicationGroupAlreadyExistsFault: 409,
  ServiceLinkedRoleNotFoundFault: 424,
  InvalidParameterValueException: 400,
  InvalidParameterCombinationException: 400,
};

describe.each(awsRoutes)('%s, when ElastiCache refuses its first call', async (_, route) => {
  const { request, body } = exampleRequest(route);
  const errors = documentedErrorsOf(await findFirstCall(request, body));

  it.each(errors)('responds to %s with its own code', async (name) => {
    await emulator.fail({ Action: '*', Name: name, Times: 99, Message: 'What AWS says about it.' });

    const response = await call(request, { body });

    expect(response.body).toMatchObject({
      code: name,
      type: `https://api.test/problems/${name}`,
      upstream: { service: 'ElastiCache' },
    });
    expect(response.status).toBe(documentedStatuses[name] ?? response.body.status);
    expect([400, 404, 409, 424, 503]).toContain(response.status);
    if (response.status < 500) expect(response.body.detail).toContain('What AWS says about it.');
  });
});

describe('POST /global-datastores refused by ElastiCache', () => {
  const body = { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' };

  const documented = Object.entries(documentedStatuses).filter(
    ([name]) => name !== 'InvalidGlobalReplicationGroupStateFault',
  );

  it.each(documented)('with %s responds with %i', async (name, status) => {
    await emulator.fail({ Action: 'CreateGlobalReplicationGroup', Name: name });

    const response = await call('POST /global-datastores', { body });

    expect(response).toMatchObject({ status, body: { status, code: name, type: `https://api.test/problems/${name}` } });
    const changes = (await emulator.calls()).filter(({ Action }) => !Action.startsWith('Describe'));
    expect(changes).toHaveLength(1);
  });

  it('names the command that creates the service-linked role', async () => {
    await emulator.fail({ Action: 'CreateGlobalReplicationGroup', Name: 'ServiceLinkedRoleNotFoundFault' });

    const { body: problem } = await call('POST /global-datastores', { body });

    expect(problem.detail).toContain('aws iam create-service-linked-role --aws-service-name elasticache.amazonaws.com');
  });
});

/** Errors that any AWS service may return: code and HTTP status of AWS, then status and code of the API. */
const common: [string, number, number, string][] = [
  ['Throttling', 400, 503, 'UpstreamThrottled'],
  ['ThrottlingException', 400, 503, 'UpstreamThrottled'],
  ['RequestLimitExceeded', 503, 503, 'UpstreamThrottled'],
  ['TooManyRequestsException', 429, 503, 'UpstreamThrottled'],
  ['RequestThrottled', 429, 503, 'UpstreamThrottled'],
  ['SlowDown', 503, 503, 'UpstreamThrottled'],
  ['InternalFailure', 500, 502, 'OutcomeUnknown'],
  ['InternalError', 500, 502, 'OutcomeUnknown'],
  ['ServiceUnavailable', 503, 502, 'OutcomeUnknown'],
  ['SomethingNobodyHeardOf', 400, 502, 'UpstreamError'],
  ['NotFound', 404, 502, 'UpstreamError'],
  ['InvalidAction', 400, 502, 'UpstreamError'],
  ['constructor', 400, 502, 'UpstreamError'],
  ['AccessDenied', 403, 500, 'UpstreamAccessDenied'],
  ['AccessDeniedException', 403, 500, 'UpstreamAccessDenied'],
  ['ExpiredToken', 403, 500, 'UpstreamAccessDenied'],
  ['InvalidClientTokenId', 403, 500, 'UpstreamAccessDenied'],
  ['MissingAuthenticationToken', 403, 500, 'UpstreamAccessDenied'],
  ['NotAuthorized', 400, 500, 'UpstreamAccessDenied'],
  ['OptInRequired', 403, 500, 'UpstreamAccessDenied'],
  ['SignatureDoesNotMatch', 403, 500, 'UpstreamAccessDenied'],
  ['UnrecognizedClientException', 403, 500, 'UpstreamAccessDenied'],
  ['ValidationError', 400, 400, 'InvalidParameterValueException'],
];

describe('an error that any AWS service may return', () => {
  const internalMessage = 'User: arn:aws:sts::123456789012:assumed-role/Writer/x is not authorized';

  it.concurrent.each(common)('%s with HTTP status %i becomes %i %s', async (wireCode, wireStatus, status, code) => {
    const suffix = `${wireCode}-suffix`;
    proxy.inject(fault(wireCode, wireStatus, internalMessage), { contains: suffix, times: 3 });

    const body = { GlobalReplicationGroupIdSuffix: suffix, PrimaryReplicationGroupId: 'orders-use1' };
    const response = await call('POST /global-datastores', { body });

    const upstream = { service: 'ElastiCache', region: 'us-east-1', code: wireCode, requestId: 'from-proxy' };
    expect(response).toMatchObject({ status, body: { status, code, upstream } });
    expect(JSON.stringify(response.body)).not.toContain('assumed-role');
    expect(JSON.stringify(response.body).includes('is not authorized')).toBe(status < 500);
    expect('retry-after' in response.headers).toBe(['UpstreamError', 'UpstreamThrottled'].includes(code));
  });
});

/** Returns the class names of the errors that the SDK documents for an AWS action. */
function documentedErrorsOf(action: string): string[] {
  const path = `node_modules/@aws-sdk/client-elasticache/dist-types/commands/${action}Command.d.ts`;
  const names = [...readFileSync(path, 'utf8').matchAll(/@throws \{@link (\w+)\}/g)].map(([, name]) => name ?? '');
  return names.filter((name) => name !== 'ElastiCacheServiceException');
}

/** Returns the AWS action that a request calls first. */
async function findFirstCall(request: string, body: unknown): Promise<string> {
  await emulator.calls();
  await call(request, { body });
  const [first] = await emulator.calls();
  if (!first) throw new Error(`${request} called nothing`);
  return first.Action;
}
