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

/** A fault to inject, in the format of the control endpoint of the emulator. */
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

/** A call that the emulator received. `Code` is the code of its fault, or null. */
export interface Call {
  Action: string;
  Region: string;
  Code: string | null;
}

/** Starts an emulator for this test file on a free port. It ends after the file. */
export async function startEmulator(options: EmulatorOptions = {}) {
  const server = createEmulator(options).listen(0, '127.0.0.1');
  await once(server, 'listening');
  let connections = 0;
  server.on('connection', () => connections++);
  afterAll(() => void server.close().closeAllConnections());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const control = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${url}/_emulator/${path}`, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return response;
  };
  const client = (region: string) =>
    new ElastiCacheClient({ region, endpoint: url, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });

  return {
    url,
    /** The state of the emulator, which tests can read and change. */
    store: server.store,

    /** Calls a control endpoint. */
    control,

    /** Returns the number of connections that clients have opened. */
    connections: () => connections,

    /** Returns an SDK client for a region, which calls the emulator directly (not through the API). */
    client,

    /** Creates a replication group that can become a primary, and waits until it is available. */
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

    /** Stores a secret in Secrets Manager, or a new version of it. Returns its ARN. */
    async secret(Name: string, SecretString: string, region = 'us-east-1'): Promise<string> {
      const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
      const secrets = new SecretsManagerClient({ region, endpoint: url, credentials });
      const { ARN = '' } = await secrets
        .send(new CreateSecretCommand({ Name, SecretString }))
        .catch(() => secrets.send(new PutSecretValueCommand({ SecretId: Name, SecretString })));
      return ARN;
    },

    /** Injects a fault into the next matching call, or into the next `Times` of them. */
    fail: (fault: InjectedFault) => control('POST', 'faults', fault),

    /** Removes the faults that `fail` has queued and no call has used. */
    clearFaults: () => control('DELETE', 'faults'),

    /** Returns the calls since the previous use of `calls`. */
    async calls(): Promise<Call[]> {
      const { Calls } = (await (await control('DELETE', 'calls')).json()) as { Calls: Call[] };
      return Calls;
    },
  };
}

/**
 * Waits until `condition` returns true. Throws an Error after `timeoutMs`. The interval between two calls of `condition` grows from 10 ms
 * to 100 ms, so that waiting tests leave CPU time to other tests.
 */
export async function until(condition: () => Promise<boolean>, timeoutMs = 5_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  for (let delay = 10; Date.now() < end; delay = Math.min(delay * 1.5, 100)) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, delay));
  }
  throw new Error('The condition was not fulfilled in time.');
}
