import { describe, expect, it } from 'vitest';
import type { Route } from '../../src/schemas/route.ts';
import { startApi } from '../support/api.ts';
import { exampleRequest } from '../support/requests.ts';

const { call, emulator, routes } = await startApi();
const cases = Object.entries(routes).flatMap(([name, route]: [string, Route]) =>
  (route.headers ?? []).map((header) => ({ name, header, ...exampleRequest(route) })),
);

describe.each(cases)('$name with an empty $header', ({ request, header, body }) => {
  it.each(['', ' ', '\t'])('(%j) responds 400 with the name of the header and sends no call to AWS', async (value) => {
    await emulator.calls();

    const response = await call(request, { headers: { [header.toLowerCase()]: value }, ...(body && { body }) });

    expect(response).toMatchObject({
      status: 400,
      body: {
        code: 'ValidationFailed',
        errors: [
          { in: 'header', parameter: header, detail: `${header} is empty. Send a value or leave the header out.` },
        ],
      },
    });
    expect(await emulator.calls()).toEqual([]);
  });
});

it('names an empty header together with the other violations', async () => {
  const headers = { 'if-match': '', prefer: '' };

  const response = await call('PATCH /global-datastores/ldgnf-orders', { headers, body: { CacheNodeType: 1 } });

  expect(
    response.body.errors.map((error: { parameter?: string; pointer?: string }) => error.parameter ?? error.pointer),
  ).toEqual(['#/CacheNodeType', 'If-Match', 'Prefer']);
});
