import { expect, it } from 'vitest';
import { startApi } from '../support/api.ts';

const { call, emulator } = await startApi({ regions: ['eu-west-1'] });

it('answers ok with the region of the API', async () => {
  const answer = await call('GET /health');

  expect(answer).toMatchObject({ status: 200, body: { Status: 'ok', Region: 'eu-west-1' } });
});

it('calls nothing', async () => {
  await call('GET /health');

  expect(await emulator.calls()).toEqual([]);
});

it('answers HEAD without the body', async () => {
  expect(await call('HEAD /health')).toMatchObject({ status: 200, body: '' });
});

it('refuses a query', async () => {
  expect(await call('GET /health?deep=true')).toMatchObject({ status: 400, body: { code: 'ValidationFailed' } });
});
