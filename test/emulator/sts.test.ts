import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { expect, it } from 'vitest';
import { startEmulator } from '../support/emulator.ts';

const { url } = await startEmulator();
const clientOf = (accessKeyId: string, region = 'us-east-1') =>
  new STSClient({ region, endpoint: url, maxAttempts: 1, credentials: { accessKeyId, secretAccessKey: 'secret' } });

it.each([
  ['111122223333', 'us-east-1', '111122223333', 'arn:aws:iam::111122223333:user/emulator'],
  ['test', 'eu-west-1', '000000000000', 'arn:aws:iam::000000000000:user/emulator'],
  ['111122223333', 'cn-north-1', '111122223333', 'arn:aws-cn:iam::111122223333:user/emulator'],
])('GetCallerIdentity returns the account of the access key %s in %s', async (accessKey, region, Account, Arn) => {
  expect(await clientOf(accessKey, region).send(new GetCallerIdentityCommand({}))).toMatchObject({ Account, Arn });
});

it('GetCallerIdentity ends in an injected fault', async () => {
  const body = JSON.stringify({ Action: 'GetCallerIdentity', Name: 'ExpiredToken' });
  await fetch(`${url}/_emulator/faults`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });

  await expect(clientOf('test').send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
    name: expect.stringMatching(/^ExpiredToken/),
    $metadata: { httpStatusCode: 403 },
  });
});
