import { expect, it } from 'vitest';
import { createOpenApiDocument } from '../../tools/openapi/document.ts';
import { contextWith, eventOf } from '../support/event.ts';

process.env.AWS_REGION = 'us-east-1';
const { defineHandler } = await import('../../src/http/defineHandler.ts');
const { ok } = await import('../../src/http/responses.ts');
const { getHealth } = await import('../../src/schemas/getHealth.ts');
const { Problem } = await import('../../src/problems/problem.ts');

const deprecated = { since: '2027-01-31', sunset: '2027-07-30' };
const contract = { ...getHealth, deprecated } as const;
const { event } = eventOf('GET /health', {}, { getHealth });

it.each([
  ['a response', () => Promise.resolve(ok({ Status: 'ok' as const, Region: 'us-east-1' })), 200],
  ['a problem', () => Promise.reject(new Problem('OutcomeUnknown', 'lost')), 502],
])('%s of a deprecated route has the headers Deprecation and Sunset', async (_, handle, status) => {
  const response = await defineHandler(contract, handle)(event, contextWith(29_000));

  expect(response).toMatchObject({
    statusCode: status,
    headers: { deprecation: '@1801353600', sunset: 'Fri, 30 Jul 2027 00:00:00 GMT' },
  });
});

it('a response of another route has neither header', async () => {
  const handler = defineHandler(getHealth, async () => ok({ Status: 'ok' as const, Region: 'us-east-1' }));

  const { headers } = await handler(event, contextWith(29_000));

  expect(Object.keys(headers ?? {})).not.toContain('deprecation');
  expect(Object.keys(headers ?? {})).not.toContain('sunset');
});

it('the OpenAPI document marks a deprecated route', () => {
  const sources = { version: '1.0.0', schemas: {}, examples: {}, errorsOf: () => [] };

  const { paths } = createOpenApiDocument({ getHealth: contract }, sources);

  expect(paths['/health']?.get).toMatchObject({
    deprecated: true,
    description: expect.stringMatching(/^Deprecated since 2027-01-31, removed after 2027-07-30\. /),
  });
});
