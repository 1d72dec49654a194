import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  SecretsManagerServiceException,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { type RunningEmulator, startEmulator } from './harness.ts';

const clientOf = ({ url }: RunningEmulator, region = 'us-east-1', accessKeyId = 'test') =>
  new SecretsManagerClient({
    region,
    endpoint: url,
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey: 'secret' },
  });

/** Returns the name and the HTTP status of the error that the SDK throws for a call. */
async function refusal(call: Promise<unknown>): Promise<{ name: string; status: number | undefined }> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof SecretsManagerServiceException)) throw new Error(`Not refused: ${error}`);
  return { name: error.name, status: error.$metadata.httpStatusCode };
}

describe('a secret', () => {
  it('is created and read by its name, its ARN, and its ARN without the last characters', async () => {
    const client = clientOf(await startEmulator());

    const created = await client.send(new CreateSecretCommand({ Name: 'elasticache/orders', SecretString: 'first' }));

    expect(created.ARN).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:elasticache\/orders-\w{6}$/);
    for (const SecretId of ['elasticache/orders', created.ARN, created.ARN?.slice(0, -7)])
      expect(await client.send(new GetSecretValueCommand({ SecretId }))).toMatchObject({
        ARN: created.ARN,
        Name: 'elasticache/orders',
        SecretString: 'first',
        VersionId: created.VersionId,
        VersionStages: ['AWSCURRENT'],
        CreatedDate: expect.any(Date),
      });
  });

  it('keeps its previous version under its id and its stage', async () => {
    const client = clientOf(await startEmulator());
    const SecretId = 'orders';
    const first = await client.send(new CreateSecretCommand({ Name: SecretId, SecretString: 'first' }));

    await client.send(new PutSecretValueCommand({ SecretId, SecretString: 'second' }));

    const read = async (input: object) =>
      (await client.send(new GetSecretValueCommand({ SecretId, ...input }))).SecretString;
    expect(await read({})).toBe('second');
    expect(await read({ VersionStage: 'AWSPREVIOUS' })).toBe('first');
    expect(await read({ VersionId: first.VersionId })).toBe('first');
    await client.send(new PutSecretValueCommand({ SecretId, SecretString: 'third' }));
    expect(await refusal(read({ VersionId: first.VersionId }))).toEqual({
      name: 'ResourceNotFoundException',
      status: 400,
    });
  });

  it('stores a repeated version once, and refuses it with another value', async () => {
    const client = clientOf(await startEmulator());
    await client.send(new CreateSecretCommand({ Name: 'orders', SecretString: 'first' }));
    const put = (SecretString: string) =>
      client.send(new PutSecretValueCommand({ SecretId: 'orders', SecretString, ClientRequestToken: 'a'.repeat(32) }));

    await put('second');
    await put('second');

    expect(await refusal(put('third'))).toMatchObject({ name: 'ResourceExistsException' });
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: 'orders' }));
    expect(SecretString).toBe('second');
  });

  it('exists in its region and its account only', async () => {
    const running = await startEmulator();
    const { ARN: SecretId } = await clientOf(running).send(
      new CreateSecretCommand({ Name: 'orders', SecretString: 'first' }),
    );
    const read = (region: string, account?: string) =>
      refusal(clientOf(running, region, account).send(new GetSecretValueCommand({ SecretId })));

    expect(await read('eu-west-1')).toMatchObject({ name: 'ResourceNotFoundException' });
    expect(await read('us-east-1', '123456789012')).toMatchObject({ name: 'AccessDeniedException' });
  });

  it('is in the saved state', async () => {
    const running = await startEmulator();
    await clientOf(running).send(new CreateSecretCommand({ Name: 'orders', SecretString: 'first' }));
    const other = await startEmulator();

    other.store.load(running.store.save());

    const { SecretString } = await clientOf(other).send(new GetSecretValueCommand({ SecretId: 'orders' }));
    expect(SecretString).toBe('first');
  });
});

it.each([
  ['a secret that does not exist', new GetSecretValueCommand({ SecretId: 'none' }), 'ResourceNotFoundException'],
  ['a secret without a value', new GetSecretValueCommand({ SecretId: 'empty' }), 'ResourceNotFoundException'],
  [
    'a name with other characters',
    new CreateSecretCommand({ Name: 'a b', SecretString: 'x' }),
    'InvalidParameterException',
  ],
  ['a name that is taken', new CreateSecretCommand({ Name: 'empty', SecretString: 'x' }), 'ResourceExistsException'],
  ['no value', new PutSecretValueCommand({ SecretId: 'empty' }), 'InvalidParameterException'],
])('refuses %s', async (_, command, name) => {
  const client = clientOf(await startEmulator());
  await client.send(new CreateSecretCommand({ Name: 'empty' }));

  expect(await refusal(client.send(command as GetSecretValueCommand))).toMatchObject({ name });
});

it('records calls and returns injected faults in the protocol of Secrets Manager', async () => {
  const running = await startEmulator();
  const read = () => clientOf(running).send(new GetSecretValueCommand({ SecretId: 'orders' }));
  await running.control('POST', '/faults', { Action: 'GetSecretValue', Name: 'DecryptionFailure' });

  expect(await refusal(read())).toEqual({ name: 'DecryptionFailure', status: 400 });

  const { json } = await running.control('GET', '/calls');
  expect(json.Calls).toMatchObject([{ Action: 'GetSecretValue', Region: 'us-east-1', Code: 'DecryptionFailure' }]);
});

it.each([
  ['another action', { 'x-amz-target': 'secretsmanager.DeleteSecret' }, '{}', 'InvalidAction'],
  ['a body that is not JSON', { 'x-amz-target': 'secretsmanager.GetSecretValue' }, '[', 'SerializationException'],
])('responds to %s with a fault', async (_, headers, body, code) => {
  const { url } = await startEmulator();
  const authorization =
    'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=00';

  const response = await fetch(url, { method: 'POST', headers: { authorization, ...headers }, body });

  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ __type: code });
});
