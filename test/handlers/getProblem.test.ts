import { describe, expect, it } from 'vitest';
import { startApi } from '../support/api.ts';

const { call } = await startApi({ environment: { PUBLIC_URL: 'http://localhost:3000/' } });
const { PROBLEM_TYPES } = await import('../../src/problems/problemTypes.ts');

describe('GET /problems/{code}', () => {
  it.each(Object.entries(PROBLEM_TYPES))('explains %s', async (code, { status, title, advice, retry }) => {
    const response = await call(`GET /problems/${code}`);

    expect(response).toMatchObject({
      status: 200,
      body: { Problem: { Code: code, Status: status, Title: title, Advice: advice, Retry: retry } },
    });
  });

  it('includes the delay before a retry and the command that fixes the problem', async () => {
    expect((await call('GET /problems/UpstreamThrottled')).body.Problem).toMatchObject({ RetryAfterSeconds: 5 });
    expect((await call('GET /problems/ServiceLinkedRoleNotFoundFault')).body.Problem).toMatchObject({
      Origin: 'ElastiCache',
      Command: 'aws iam create-service-linked-role --aws-service-name elasticache.amazonaws.com',
    });
  });

  it('resolves the type of a problem', async () => {
    const { type, code } = (await call('GET /global-datastores/ldgnf-unknown')).body;

    const { body } = await call(`GET ${new URL(type).pathname}`);

    expect(type).toMatch(/^http:\/\/localhost:3000\/problems\//);
    expect(body.Problem.Code).toBe(code);
  });

  it.each(['Nothing', 'constructor', '__proto__', 'validationfailed'])('refuses the unknown code %s', async (code) => {
    expect((await call(`GET /problems/${code}`)).body.status).toBe(code === '__proto__' ? 400 : 404);
  });
});
