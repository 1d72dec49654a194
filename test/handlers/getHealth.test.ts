import { expect, it } from 'vitest';
import { startApi } from '../support/api.ts';

const { call, emulator } = await startApi({ regions: ['eu-west-1'] });

it('returns the status and the region of the API', async () => {
  const response = await call('GET /health');

  expect(response).toMatchObject({ status: 200, body: { Status: 'ok', Region: 'eu-west-1' } });
});

it('sends no call to AWS', async () => {
  await call('GET /health');

  expect(await emulator.calls()).toEqual([]);
});

it('responds to HEAD without a body', async () => {
  expect(await call('HEAD /health')).toMatchObject({ status: 200, body: '' });
});

it('refuses query parameters', async () => {
  expect(await call('GET /health?deep=true')).toMatchObject({ status: 400, body: { code: 'ValidationFailed' } });
});
