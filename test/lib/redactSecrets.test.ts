import { CreateReplicationGroupCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactSecrets } from '../../src/lib/redactSecrets.ts';
import { layeredEncodings, passwords } from '../support/encodings.ts';

const hidden = 'The text of AWS is hidden because it repeats the password of the request.';
const redact = (message: string, input: object) => redactSecrets(new Error(message), input).message;

describe('redactSecrets', () => {
  it('hides a text that repeats a password in any encoding', () => {
    fc.assert(
      fc.property(passwords, layeredEncodings, (AuthToken, encode) => {
        expect(redact(`The value '${encode(AuthToken)}' is not valid.`, { AuthToken })).toBe(hidden);
      }),
      { numRuns: 3_000 },
    );
  });

  it('hides the body of a call as the SDK sends it', async () => {
    await fc.assert(
      fc.asyncProperty(passwords, async (AuthToken) => {
        const input = { ReplicationGroupId: 'a', ReplicationGroupDescription: 'b', AuthToken };
        const goal = { Members: [{ ReplicationGroupId: 'a', AuthToken }] };
        const Payload = Buffer.from(JSON.stringify(goal));

        const query = await bodyOf(new ElastiCacheClient(client), new CreateReplicationGroupCommand(input));
        const json = await bodyOf(new LambdaClient(client), new InvokeCommand({ FunctionName: 'f', Payload }));

        expect(query).toContain('AuthToken=');
        expect(json).toContain('"AuthToken":');
        expect(redact(query, input)).toBe(hidden);
        expect(redact(json, goal)).toBe(hidden);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    'Cannot use the given parameters when creating new replication group in an existing global replication group.',
    'Invalid value "50%25" for MaxRecords &amp; Marker. See https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/',
    'The AUTH token must have 16 to 128 printable characters. Request 8e03978e-40d5-43dd-bc93-6894a57f9324 is rejected.',
  ])('keeps a text without the password: %s', (message) => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!#$^<>A-Za-z0-9-]{16,128}$/), (AuthToken) => {
        expect(redact(message, { AuthToken })).toBe(message);
      }),
    );
  });

  it('keeps the error of an input without a password', () => {
    const error = new Error('Anything');

    expect(redactSecrets(error, { Members: [{ ReplicationGroupId: 'a' }], Tags: null })).toBe(error);
  });
});

const client = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };

/** Returns the body of the request that the SDK would send. */
async function bodyOf(sender: { send: (command: never) => unknown }, command: object): Promise<string> {
  let body = '';
  const { middlewareStack } = command as { middlewareStack: { add: (middleware: unknown, options: object) => void } };
  middlewareStack.add(
    () => async (args: { request: { body: string | Uint8Array } }) => {
      body = Buffer.from(args.request.body as Uint8Array).toString();
      throw new Error('not sent');
    },
    { step: 'deserialize', priority: 'low' },
  );
  await Promise.resolve(sender.send(command as never)).catch(() => {});
  return body;
}
