import { expect, it } from 'vitest';
import { startApi } from '../support/api.ts';

const { call, emulator } = await startApi({ regions: ['eu-west-1'] });

it('says that this region of the API is up', async () => {
  const answer = await call('GET /health');

  expect(answer).toMatchObject({ status: 200, body: { Status: 'ok', Region: 'eu-west-1' } });
});

it('asks nobody', async () => {
  await call('GET /health');

  expect(await emulator.calls()).toEqual([]);
});

it('answers a head without the body', async () => {
  expect(await call('HEAD /health')).toMatchObject({ status: 200, body: '' });
});

it('takes no query', async () => {
  expect(await call('GET /health?deep=true')).toMatchObject({ status: 400, body: { code: 'ValidationFailed' } });
});
