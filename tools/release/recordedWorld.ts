import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateGlobalReplicationGroupCommand,
  CreateReplicationGroupCommand,
  type CreateReplicationGroupCommandInput,
  DescribeGlobalReplicationGroupsCommand,
  DescribeReplicationGroupsCommand,
  ElastiCacheClient,
} from '@aws-sdk/client-elasticache';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { LocalApi } from '../localApi.ts';

/** A change under an Idempotency-Key, and its recovery point. */
export interface RecordedChange {
  readonly Point: 'completed' | 'released' | 'unknown' | 'claimed' | 'sent' | 'applied';
  readonly Caller: string;
  readonly Key: string;
  readonly Method: string;
  readonly Path: string;
  readonly Body: object;
  /** The response, if the caller received one. */
  readonly Response?: { readonly status: number; readonly body: unknown };
}

/** An operation that was running. */
export interface RecordedOperation {
  readonly Kind: string;
  readonly OperationId: string;
  readonly Caller: string;
}

/** The datastores and changes of which a release keeps records. */
export type World = ReturnType<typeof createWorld>;

const role = (name: string) => `arn:aws:sts::123456789012:assumed-role/${name}/ci`;
const team = role('TeamA');
const operators = role('Operators');
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const points = ['completed', 'released', 'unknown', 'claimed', 'sent', 'applied'] as const;

/** Creates the calls that lead a local API to each state that a release keeps records of. */
export function createWorld({ url, elastiCache }: LocalApi) {
  const aws = (region: string) => new ElastiCacheClient({ region, endpoint: elastiCache, credentials });

  async function control(method: string, path: string, body?: object): Promise<unknown> {
    const init = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(`${elastiCache}/_emulator/${path}`, { method, ...init });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return response.json();
  }

  async function send(caller: string, method: string, path: string, body?: object, headers: object = {}) {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', 'x-local-caller': caller, ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: the response of any route
    return { status: response.status, body: (await response.json()) as any };
  }

  /** Creates a datastore with the SDK, not through the API, and waits until it and its secondaries are stable. */
  async function createDatastore(name: string, regions: readonly string[] = [], input: Settings = {}): Promise<void> {
    const PrimaryReplicationGroupId = `${name}-use1`;
    const east = aws('us-east-1');
    await createGroup(east, PrimaryReplicationGroupId, input);
    const describe = new DescribeReplicationGroupsCommand({ ReplicationGroupId: PrimaryReplicationGroupId });
    await until(async () => (await east.send(describe)).ReplicationGroups?.[0]?.Status === 'available');
    await east.send(
      new CreateGlobalReplicationGroupCommand({ GlobalReplicationGroupIdSuffix: name, PrimaryReplicationGroupId }),
    );
    for (const region of regions) {
      await rested(name);
      const ReplicationGroupId = `${name}-${region}`;
      const secondary = { ReplicationGroupId, ReplicationGroupDescription: name, Tags: tags };
      const GlobalReplicationGroupId = `ldgnf-${name}`;
      await aws(region).send(new CreateReplicationGroupCommand({ ...secondary, GlobalReplicationGroupId }));
    }
    await rested(name);
  }

  const rested = (name: string) =>
    until(async () => {
      const command = new DescribeGlobalReplicationGroupsCommand({ GlobalReplicationGroupId: `ldgnf-${name}` });
      const { GlobalReplicationGroups } = await aws('us-east-1').send(command);
      return /^(available|primary-only)$/.test(GlobalReplicationGroups?.[0]?.Status ?? '');
    });

  const changeOf = (Point: RecordedChange['Point'], Caller: string): RecordedChange => ({
    Point,
    Caller,
    Key: `key-of-${Point}`,
    Method: 'PATCH',
    Path: `/global-datastores/ldgnf-${Point}`,
    Body: { CacheNodeType: 'cache.r7g.xlarge' },
  });

  const sendChange = ({ Caller, Method, Path, Body, Key }: RecordedChange) =>
    send(Caller, Method, Path, Body, { 'idempotency-key': Key });

  /** Sends a change, and returns it when a call to AWS hangs, so that the caller can kill the API at that point. */
  async function hangAt(change: RecordedChange, Action: string, Executed: boolean): Promise<RecordedChange> {
    await control('DELETE', 'calls');
    await control('POST', 'faults', { Action, Network: 'hang', Executed, Times: 100 });
    sendChange(change).catch(() => {}); // the API is killed before it responds
    await until(async () => {
      const { Calls } = (await control('GET', 'calls')) as { Calls: { Action: string }[] };
      return Calls.some((call) => call.Action === Action);
    });
    return change;
  }

  async function respond(change: RecordedChange): Promise<RecordedChange> {
    return { ...change, Response: await sendChange(change) };
  }

  /** Starts an operation and waits for `isFarEnough`: by default until AWS refuses its next step. It then continues to run. */
  async function operate(
    Kind: string,
    method: string,
    path: string,
    body?: object,
    isFarEnough = hasRefusal,
  ): Promise<RecordedOperation> {
    const started = await send(team, method, path, body);
    const OperationId = String(started.body.OperationId);
    if (started.status !== 202) throw new Error(`${method} ${path}: ${JSON.stringify(started.body)}`);
    await until(async () => {
      const { Operation } = (await send(team, 'GET', `/operations/${OperationId}`)).body;
      if (Operation.Status !== 'RUNNING') throw new Error(`${OperationId} has ended: ${JSON.stringify(Operation)}`);
      return isFarEnough(Operation);
    });
    return { Kind, OperationId, Caller: team };
  }

  const refuse = (Action: string, Region?: string) =>
    control('POST', 'faults', { Action, Name: refusalOf(Action), Times: 1_000, ...(Region && { Region }) });

  const createSecret = async (SecretString: string) => {
    const secrets = new SecretsManagerClient({ region: 'us-east-1', endpoint: elastiCache, credentials });
    return (await secrets.send(new CreateSecretCommand({ Name: 'elasticache/rotated', SecretString }))).ARN;
  };

  return {
    /** Creates the datastores of the changes and of the operations. */
    async seed(): Promise<void> {
      await Promise.all([
        ...points.map((point) => createDatastore(point)),
        ...['moved', 'grown', 'removed', 'drilled'].map((name) => createDatastore(name, ['eu-west-1'])),
        createDatastore('rotated', ['eu-west-1'], { TransitEncryptionEnabled: true, AuthToken: 'the-former-token-1' }),
        createGroup(aws('us-east-1'), 'created-use1'),
      ]);
    },

    completed: () => respond(changeOf('completed', team)),

    async released(): Promise<RecordedChange> {
      await refuse('ModifyGlobalReplicationGroup');
      const change = await respond(changeOf('released', team));
      await control('DELETE', 'faults');
      return change;
    },

    /** AWS does not receive the change, and its outcome is unknown to the API. */
    async unknown(): Promise<RecordedChange> {
      await control('POST', 'faults', { Action: 'ModifyGlobalReplicationGroup', Network: 'reset', Times: 100 });
      const change = await respond(changeOf('unknown', team));
      await control('DELETE', 'faults');
      return change;
    },

    /** Operators act for all owners. Therefore the first read is after the claim. */
    claimed: () => hangAt(changeOf('claimed', operators), 'DescribeGlobalReplicationGroups', false),
    sent: () => hangAt(changeOf('sent', team), 'ModifyGlobalReplicationGroup', false),
    applied: () => hangAt(changeOf('applied', team), 'ModifyGlobalReplicationGroup', true),

    /** Makes a failover, whose lease remains in the table. */
    async failover(): Promise<void> {
      const { status, body } = await send(team, 'POST', '/global-datastores/ldgnf-moved/failover', {
        PrimaryRegion: 'eu-west-1',
      });
      if (status !== 202) throw new Error(`The failover is refused: ${JSON.stringify(body)}`);
      await rested('moved');
    },

    /** Starts an operation of each kind. AWS refuses the last step of each; the drill is in its hold. */
    async operations(): Promise<RecordedOperation[]> {
      await refuse('CreateReplicationGroup', 'ap-southeast-2');
      await refuse('DeleteGlobalReplicationGroup');
      await refuse('ModifyReplicationGroup', 'us-east-1');
      const AuthTokenSecretArn = await createSecret('the-latter-token-1');
      return Promise.all([
        operate('CREATE', 'POST', '/global-datastores', {
          GlobalReplicationGroupIdSuffix: 'created',
          PrimaryReplicationGroupId: 'created-use1',
          Secondaries: [memberIn('created', 'eu-west-1'), memberIn('created', 'ap-southeast-2')],
        }),
        operate('APPLY', 'PUT', '/global-datastores/ldgnf-grown/topology', {
          Members: [
            { ReplicationGroupId: 'grown-use1', ReplicationGroupRegion: 'us-east-1', Role: 'SECONDARY' },
            { ...memberIn('grown', 'eu-west-1'), Role: 'PRIMARY' },
            { ...memberIn('grown', 'ap-southeast-2'), Role: 'SECONDARY' },
          ],
        }),
        operate(
          'DRILL',
          'POST',
          '/global-datastores/ldgnf-drilled/drills',
          { PrimaryRegion: 'eu-west-1', HoldSeconds: 60, Reason: 'records' },
          ({ Step = '' }) => Step.startsWith('Hold'),
        ),
        operate('DELETE', 'DELETE', '/global-datastores/ldgnf-removed?DetachSecondaries=true'),
        operate('ROTATE_AUTH_TOKEN', 'POST', '/global-datastores/ldgnf-rotated/auth-token', { AuthTokenSecretArn }),
      ]);
    },
  };
}

/** The part of a running operation that is read. */
interface Progress {
  readonly Step?: string;
  readonly LastRefusal?: object;
}

const hasRefusal = ({ LastRefusal }: Progress): boolean => LastRefusal !== undefined;

type Settings = Partial<CreateReplicationGroupCommandInput>;

const tags = [{ Key: 'team', Value: 'a' }];

const createGroup = (client: ElastiCacheClient, ReplicationGroupId: string, input: Settings = {}) =>
  client.send(
    new CreateReplicationGroupCommand({
      ReplicationGroupId,
      ReplicationGroupDescription: ReplicationGroupId,
      Engine: 'valkey',
      EngineVersion: '8.0',
      CacheNodeType: 'cache.r7g.large',
      NumCacheClusters: 2,
      AutomaticFailoverEnabled: true,
      Tags: tags,
      ...input,
    }),
  );

const memberIn = (name: string, ReplicationGroupRegion: string) => ({
  ReplicationGroupId: `${name}-${ReplicationGroupRegion}`,
  ReplicationGroupRegion,
});

const refusalOf = (action: string): string =>
  action.includes('Global') || action === 'CreateReplicationGroup'
    ? 'InvalidGlobalReplicationGroupStateFault'
    : 'InvalidReplicationGroupStateFault';

async function until(done: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (await done()) return;
    await sleep(100);
  }
  throw new Error('A state that the records need is not reached within a minute.');
}
