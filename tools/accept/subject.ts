import { setTimeout as sleep } from 'node:timers/promises';
import { CloudWatchClient, GetMetricDataCommand, type GetMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import * as elasticache from '@aws-sdk/client-elasticache';
import { CreateSecretCommand, DeleteSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { createEmulator } from '../../emulator/server.ts';
import { listen } from '../../local/ports.ts';

/** The actions of ElastiCache by their names. */
export type Action = {
  [Name in keyof typeof elasticache]: Name extends `${infer A}Command` ? A : never;
}[keyof typeof elasticache];

const commands: Readonly<Record<string, unknown>> = { ...elasticache };

/** The resources of a walk. */
export interface Names {
  /** Begins with the prefix of all walks, and is unique for each. */
  readonly prefix: string;
  readonly regions: readonly [string, string];
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
}

/** The subject of experiments: AWS, or the emulator as its model. Both receive the same calls. */
export class Subject {
  readonly names: Names;
  readonly #endpoint: string | undefined;
  readonly #settle: (signal: AbortSignal) => Promise<void>;
  readonly #signal: AbortSignal;
  readonly #clients = new Map<string, elasticache.ElastiCacheClient>();
  /** Observations of the changes, for the experiments of their stage. */
  readonly notes = { roles: '', secondaryWithoutToken: '', address: '' };
  /** The id of the datastore. Empty before its creation. */
  datastoreId = '';

  constructor(names: Names, options: SubjectOptions) {
    this.names = names;
    this.#endpoint = options.endpoint;
    this.#settle = options.settle;
    this.#signal = options.signal;
  }

  /** Returns a name for a resource of the walk. */
  name(suffix: string): string {
    return `${this.names.prefix}-${suffix}`;
  }

  elastiCache(region = this.names.regions[0]): elasticache.ElastiCacheClient {
    const client = this.#clients.get(region) ?? new elasticache.ElastiCacheClient({ region, ...this.#connection });
    this.#clients.set(region, client);
    return client;
  }

  /** Calls an action. Returns its output. */
  // biome-ignore lint/suspicious/noExplicitAny: the output of any action
  async call(action: Action, input: object, region = this.names.regions[0]): Promise<any> {
    const Command = commands[`${action}Command`] as new (input: object) => elasticache.DescribeReplicationGroupsCommand;
    return this.elastiCache(region).send(new Command(input), { abortSignal: this.#signal });
  }

  /** Calls an action. Returns `accepted`, or the code and the text of the refusal. */
  answer(action: Action, input: object, region = this.names.regions[0]): Promise<string> {
    return this.#outcomeOf(this.call(action, input, region));
  }

  /** Sends parameters as they are, signed. Returns the text of the response. */
  async send(body: string): Promise<string> {
    const [region] = this.names.regions;
    const url = new URL(this.#endpoint ?? process.env.AWS_ENDPOINT_URL_ELASTICACHE ?? endpointOf(region));
    const { credentials } = this.elastiCache(region).config;
    const signer = new SignatureV4({ service: 'elasticache', region, credentials, sha256: Sha256 });
    const { headers } = await signer.sign({
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      path: '/',
      headers: { host: url.host, 'content-type': 'application/x-www-form-urlencoded' },
      body,
    });
    return (await fetch(url, { method: 'POST', headers, body, signal: this.#signal })).text();
  }

  metrics(input: GetMetricDataCommandInput, region: string) {
    const client = new CloudWatchClient({ region, ...this.#connection });
    return client.send(new GetMetricDataCommand(input), { abortSignal: this.#signal });
  }

  metricsAnswer(input: GetMetricDataCommandInput): Promise<string> {
    return this.#outcomeOf(this.metrics(input, this.names.regions[0]));
  }

  /** Creates a secret and deletes it again if that is not refused. */
  secretAnswer(Name: string): Promise<string> {
    const client = new SecretsManagerClient({ region: this.names.regions[0], ...this.#connection });
    const created = client
      .send(new CreateSecretCommand({ Name, SecretString: 'none' }))
      .then(() => client.send(new DeleteSecretCommand({ SecretId: Name, ForceDeleteWithoutRecovery: true })));
    return this.#outcomeOf(created);
  }

  /** Waits until `done` returns true. Throws after `minutes`: by default the longest change takes less. */
  async until(done: () => Promise<boolean>, minutes = 90): Promise<void> {
    const end = Date.now() + minutes * 60_000;
    while (!(await done())) {
      this.#signal.throwIfAborted();
      if (Date.now() > end) throw new Error(`It takes longer than ${minutes} minutes.`);
      await this.#settle(this.#signal);
    }
  }

  get #connection() {
    return this.#endpoint === undefined
      ? {}
      : { endpoint: this.#endpoint, credentials: { accessKeyId: 'model', secretAccessKey: 'model' } };
  }

  async #outcomeOf(call: Promise<unknown>): Promise<string> {
    try {
      await call;
      return 'accepted';
    } catch (error) {
      this.#signal.throwIfAborted();
      const { name, Code = name, message, $metadata } = error as Error & { Code?: string; $metadata?: object };
      if (!$metadata) throw error; // no response of AWS
      return `${Code}: ${message}`;
    }
  }
}

interface SubjectOptions {
  /** The endpoint of all services. By default that of AWS, or of the environment. */
  readonly endpoint?: string;
  /** Waits until the next read can show a change. */
  readonly settle: (signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

const endpointOf = (region: string): string =>
  `https://elasticache.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;

/** Creates the subject for AWS. */
export const createAws = (names: Names, pollMs: number, signal: AbortSignal): Subject =>
  new Subject(names, { settle: (cut) => sleep(pollMs, undefined, { signal: cut }), signal });

/** Starts the emulator, whose changes proceed only during a wait. Returns it as a subject, and the function that stops it. */
export async function startModel(names: Names, signal: AbortSignal): Promise<{ model: Subject; close: () => void }> {
  const emulator = createEmulator({ transitionMs: Number.POSITIVE_INFINITY });
  const endpoint = await listen(emulator);
  const model = new Subject(names, { endpoint, settle: async () => void emulator.store.tick(), signal });
  return { model, close: () => emulator.close().closeAllConnections() };
}
