import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Route } from '../../src/schemas/route.ts';
import { type Reply, type RequestOptions, startApi } from '../support/api.ts';
import { startDurable } from '../support/durable.ts';
import { hostileRequests } from '../support/hostileRequests.ts';
import { type MutatedRequest, mutatedRequest } from '../support/mutatedRequest.ts';

const secrets = [
  'role-key-71c0',
  'signature-5e0a',
  'session-9d2f',
  'cookie-b44e',
  'password-1f-of-the-primary!',
] as const;
const [roleKey, signature, session, cookie, password] = secrets;
const secretHeaders = {
  authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE, Signature=${signature}`,
  'x-amz-security-token': session,
  cookie: `session=${cookie}`,
};

const regions = ['us-east-1', 'eu-west-1'];
const durable = await startDurable();
const { call, emulator, routes } = await startApi({
  regions,
  environment: { AWS_ENDPOINT_URL_LAMBDA: durable.url, AWS_SECRET_ACCESS_KEY: roleKey, LOG: 'on' },
});
const { validatorsOf } = await import('../../src/schemas/validators.ts');
const tally = { malformed: 0, serverErrors: 0, withoutProblem: 0, leaks: 0, hung: 0 };
const log = captureLog();

beforeAll(async () => {
  await emulator.seed('orders-use1');
  const body = { GlobalReplicationGroupIdSuffix: 'orders', PrimaryReplicationGroupId: 'orders-use1' };
  await call('POST /global-datastores', { body });
});

afterAll(() => {
  log.end();
  const { malformed, serverErrors, withoutProblem, leaks, hung } = tally;
  console.log(
    `${malformed} malformed requests: ${serverErrors} with 5xx, ${withoutProblem} errors without problem+json, ${leaks} leaks, ${hung} hung`,
  );
});

describe('a hostile request gets a documented refusal', () => {
  it.each(hostileRequests)('$title', async ({ request, options, statuses }) => {
    const response = await sendMalformed(request, options);

    expect(statuses).toContain(response.status);
  });

  it.each(['short', `${password} `, `${password}@`, password.repeat(10)])('the password %j', async (AuthToken) => {
    const body = { ReplicationGroupId: 'orders-euw1', ReplicationGroupRegion: 'eu-west-1', AuthToken };

    const response = await sendMalformed('POST /global-datastores/ldgnf-orders/members', { body });

    expect(response.body.errors).toMatchObject([{ pointer: '#/AuthToken' }]);
  });
});

describe.each(Object.entries(routes))('%s', (_, route) => {
  const { path, body } = validatorsOf(route);
  const matches = (mutated: MutatedRequest) =>
    path(mutated.names) &&
    !mutated.query.isInvalid &&
    (!body || (!mutated.body?.isInvalid && body(tryParse(mutated.body?.text))));

  it('refuses requests that do not match its schemas, without a 5xx', async () => {
    await fc.assert(
      fc.asyncProperty(mutatedRequest(route, regions), async (mutated) => {
        const request = `${route.method} ${fillPath(route, mutated.names)}?${mutated.query.text}`;
        if (matches(mutated)) return (await call(request, { raw: mutated.body?.text })).status < 500;

        return allowedStatuses(mutated).includes((await sendMalformed(request, { raw: mutated.body?.text })).status);
      }),
      { numRuns: 100 },
    );
  });
});

/** Returns the allowed statuses. API Gateway decodes a slash in a name, so the request may match another route. */
const allowedStatuses = ({ names }: MutatedRequest): readonly number[] =>
  /[/?]|%2f/i.test(Object.values(names).join('')) ? [400, 404, 405] : [400];

/** Sends a malformed request and checks the response for leaks, a 5xx and pointers that lead nowhere. Returns the response. */
async function sendMalformed(request: string, options: RequestOptions = {}): Promise<Reply> {
  tally.malformed++;
  log.clear();
  const headers = { ...secretHeaders, ...options.headers };
  const response = await Promise.race([call(request, { ...options, headers }), timeout()]);
  if (!response) {
    tally.hung++;
    throw new Error('There is no response.');
  }
  if (response.status >= 500) tally.serverErrors++;
  const isProblem = response.headers['content-type'] === 'application/problem+json';
  if (response.status >= 400 && !isProblem && !response.headers['apigw-requestid']?.startsWith('own'))
    tally.withoutProblem++;
  const serialized = JSON.stringify(response);
  const leak =
    secrets.find((secret) => `${serialized}${log.text()}`.includes(secret)) ?? serialized.match(internalDetails)?.[0];
  if (leak) tally.leaks++;

  expect(leak).toBeUndefined();
  expect(response.status).toBeLessThan(500);
  if (response.body.code === 'ValidationFailed') expect(response.body.errors).not.toEqual([]);
  for (const { pointer, parameter } of response.body.errors ?? []) {
    if (pointer === undefined) expect(parameter).toEqual(expect.any(String));
    else expect(parentExists(pointer, tryParse(options.raw ?? JSON.stringify(options.body)))).toBe(true);
  }
  return response;
}

/** Internal details that no response may contain: stack traces, files, addresses. */
const internalDetails = /\\n\s+at |node_modules|\.[tj]s:\d|file:\/\/\/\w+\/\w+\/(src|dist)|127\.0\.0\.1:\d/;

const timeout = () =>
  new Promise<undefined>((resolve) => {
    setTimeout(resolve, 15_000, undefined).unref();
  });

function fillPath({ path }: Route, names: MutatedRequest['names']): string {
  return path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(names[name] ?? ''));
}

function tryParse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

/** Returns whether the parent of a pointer exists in a body. Every pointer is accepted for a body that is not JSON. */
function parentExists(pointer: string, body: unknown): boolean {
  const steps = pointer.replace(/^#\/?/, '').split('/').slice(0, -1);
  const names = steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const place = names.reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], body);
  return body === undefined || (typeof place === 'object' && place !== null) || pointer === '#';
}

/** Captures what the functions write to stdout instead of printing it, until `end` is called. */
function captureLog() {
  const { stdout } = process;
  const write = stdout.write;
  let lines: string[] = [];
  stdout.write = (line: unknown) => lines.push(String(line)) > 0;
  return {
    text: () => lines.join(''),
    clear: () => {
      lines = [];
    },
    end: () => {
      stdout.write = write;
    },
  };
}
