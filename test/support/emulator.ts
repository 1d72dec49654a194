import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import {
  CreateReplicationGroupCommand,
  type CreateReplicationGroupCommandInput,
  DescribeReplicationGroupsCommand,
  ElastiCacheClient,
} from '@aws-sdk/client-elasticache';
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll } from 'vitest';
import { createEmulator, type EmulatorOptions } from '../../emulator/server.ts';

/** A fault that the emulator gives in place of its answer, as its control endpoint takes it. */
export interface InjectedFault {
  Action: string;
  Name?: string;
  Network?: 'reset' | 'hang';
  Executed?: boolean;
  Dropped?: true;
  Times?: number;
  Region?: string;
  Message?: string;
}

/** A call that reached the emulator, and the code of the fault it ended in. */
export interface Call {
  Action: string;
  Region: string;
  Code: string | null;
}

/** An emulator of its own for this test file, on a free port, ended with the file. */
export async function startEmulator(options: EmulatorOptions = {}) {
  const server = createEmulator(options).listen(0, '127.0.0.1');
  await once(server, 'listening');
  let connections = 0;
  server.on('connection', () => connections++);
  afterAll(() => void server.close().closeAllConnections());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const control = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${url}/_emulator/${path}`, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
    return answer;
  };
  const client = (region: string) =>
    new ElastiCacheClient({ region, endpoint: url, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });

  return {
    url,
    /** What the emulator holds, to look at and to alter. */
    store: server.store,

    /** Calls a control endpoint. */
    control,

    /** How many connections were opened to it so far. */
    connections: () => connections,

    /** An SDK client of a region, to act behind the API's back. */
    client,

    /** Makes a replication group that may become a primary, and waits until it is available. */
    async seed(
      ReplicationGroupId: string,
      region = 'us-east-1',
      input: Partial<CreateReplicationGroupCommandInput> = {},
    ) {
      const elasticache = client(region);
      await elasticache.send(
        new CreateReplicationGroupCommand({
          ReplicationGroupId,
          ReplicationGroupDescription: ReplicationGroupId,
          Engine: 'valkey',
          EngineVersion: '8.0',
          CacheNodeType: 'cache.r7g.large',
          NumCacheClusters: 2,
          AutomaticFailoverEnabled: true,
          ...input,
        }),
      );
      await until(async () => {
        const { ReplicationGroups } = await elasticache.send(
          new DescribeReplicationGroupsCommand({ ReplicationGroupId }),
        );
        return ReplicationGroups?.[0]?.Status === 'available';
      });
    },

    /** Stores a secret in Secrets Manager, or a further version of it. Gives its ARN. */
    async secret(Name: string, SecretString: string, region = 'us-east-1'): Promise<string> {
      const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
      const secrets = new SecretsManagerClient({ region, endpoint: url, credentials });
      const { ARN = '' } = await secrets
        .send(new CreateSecretCommand({ Name, SecretString }))
        .catch(() => secrets.send(new PutSecretValueCommand({ SecretId: Name, SecretString })));
      return ARN;
    },

    /** Lets the next call, or so many, end in a fault. */
    fail: (fault: InjectedFault) => control('POST', 'faults', fault),

    /** Takes back what `fail` has left over. */
    clearFaults: () => control('DELETE', 'faults'),

    /** What was called since the last look: action, region and how it ended. */
    async calls(): Promise<Call[]> {
      const { Calls } = (await (await control('DELETE', 'calls')).json()) as { Calls: Call[] };
      return Calls;
    },
  };
}

/**
 * Waits until `done` holds; gives up after some seconds, which is a failure and no measurement. It asks less and less often, so
 * that tests which wait leave the processor to others.
 */
export async function until(done: () => Promise<boolean>, withinMs = 5_000): Promise<void> {
  const end = Date.now() + withinMs;
  for (let delay = 10; Date.now() < end; delay = Math.min(delay * 1.5, 100)) {
    if (await done()) return;
    await new Promise((resolve) => setTimeout(resolve, delay));
  }
  throw new Error('It never came to that.');
}
