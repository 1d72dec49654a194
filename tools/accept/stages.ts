import type { GlobalReplicationGroup, ReplicationGroup } from '@aws-sdk/client-elasticache';
import type { Subject } from './subject.ts';

/** Changes of a datastore: through the API on AWS, by the SDK in the model. */
export interface Changes {
  create(): Promise<unknown>;
  /** Adds the secondary, with Multi-AZ, which the primary does not have. */
  add(): Promise<unknown>;
  /** Promotes the secondary. */
  failover(): Promise<unknown>;
  /** Detaches the former primary. */
  detach(): Promise<unknown>;
  delete(): Promise<unknown>;
}

export const stageNames = [
  'account',
  'making',
  'groups',
  'creating',
  'primary-only',
  'adding',
  'available',
  'promoted',
  'detached',
  'deleted',
] as const;

/** A state of the resources in which experiments run. */
export type StageName = (typeof stageNames)[number];

/** The node types: the smallest of all, and the smallest that a datastore supports (ElastiCache user guide, prerequisites). */
export const nodeTypes = { small: 'cache.t4g.micro', global: 'cache.m6g.large' } as const;

export const engine = { Engine: 'valkey', EngineVersion: '8.0' } as const;
export const token = 'the-first-token-of-the-walk';

/** The ids of the replication groups of a walk. */
export const idsOf = (subject: Subject) => ({
  small: subject.name('small'),
  primary: subject.name('first'),
  secondary: subject.name('second'),
  parameters: subject.name('params'),
});

/** Changes the resources of a subject from the previous stage to this one. */
export async function enter(stage: StageName, subject: Subject, changes: Changes): Promise<void> {
  const { small, primary, parameters } = idsOf(subject);
  const steps: Record<StageName, () => Promise<unknown>> = {
    account: () =>
      subject.call('CreateCacheParameterGroup', {
        CacheParameterGroupName: parameters,
        CacheParameterGroupFamily: 'valkey8',
        Description: parameters,
      }),
    making: async () => {
      await subject.call('CreateReplicationGroup', { ...groupOf(subject, small), CacheNodeType: nodeTypes.small });
      await subject.call('CreateReplicationGroup', {
        ...groupOf(subject, primary),
        CacheNodeType: nodeTypes.global,
        CacheParameterGroupName: 'default.valkey8.cluster.on',
        NumNodeGroups: 1,
        ReplicasPerNodeGroup: 1,
        TransitEncryptionEnabled: true,
        AuthToken: token,
      });
    },
    groups: () => untilGroup(subject, primary).then(() => untilGroup(subject, small)),
    creating: () => changes.create(),
    'primary-only': () => untilDatastore(subject),
    adding: () => changes.add(),
    available: () => untilDatastore(subject),
    promoted: async () => {
      subject.notes.address = await addressOfSecondary(subject);
      await changes.failover();
      await untilDatastore(subject);
    },
    detached: () => changes.detach().then(() => untilDetached(subject)),
    deleted: () => changes.delete().then(() => subject.until(async () => !(await findDatastore(subject)))),
  };
  await steps[stage]();
}

const groupOf = ({ names }: Subject, ReplicationGroupId: string) => ({
  ...engine,
  ReplicationGroupId,
  ReplicationGroupDescription: 'npm run accept',
  ...(names.tags.length > 0 && { Tags: names.tags }),
});

/** Waits until no change is in progress, as after an experiment that was accepted. */
export async function rest(stage: StageName, subject: Subject): Promise<void> {
  if (stage === 'account' || stage === 'making' || stage === 'creating' || stage === 'adding') return;
  const { small, primary } = idsOf(subject);
  if (stage !== 'groups' && stage !== 'deleted') await untilDatastore(subject);
  await untilGroup(subject, primary);
  await untilGroup(subject, small);
}

export async function findGroup(subject: Subject, id: string, region?: string): Promise<ReplicationGroup | undefined> {
  try {
    return (await subject.call('DescribeReplicationGroups', { ReplicationGroupId: id }, region)).ReplicationGroups[0];
  } catch (error) {
    if ((error as Error).name === 'ReplicationGroupNotFoundFault') return undefined;
    throw error;
  }
}

/** Returns the address of the secondary, which becomes the primary. */
export async function addressOfSecondary(subject: Subject): Promise<string> {
  const group = await findGroup(subject, idsOf(subject).secondary, subject.names.regions[1]);
  return group?.ConfigurationEndpoint?.Address ?? 'none';
}

export async function findDatastore(
  subject: Subject,
  ShowMemberInfo = true,
): Promise<GlobalReplicationGroup | undefined> {
  const input = { GlobalReplicationGroupId: subject.datastoreId, ShowMemberInfo };
  try {
    return (await subject.call('DescribeGlobalReplicationGroups', input)).GlobalReplicationGroups[0];
  } catch (error) {
    if ((error as Error).name === 'GlobalReplicationGroupNotFoundFault') return undefined;
    throw error;
  }
}

async function untilGroup(subject: Subject, id: string): Promise<void> {
  await subject.until(async () => {
    const { Status = '' } = (await findGroup(subject, id)) ?? {};
    if (Status === 'create-failed') throw new Error(`AWS could not create ${id}.`);
    return Status === 'available';
  });
}

const untilDatastore = (subject: Subject) =>
  subject.until(async () => {
    const { Status = '', Members = [] } = (await findDatastore(subject)) ?? {};
    return /^(available|primary-only)$/.test(Status) && Members.every((member) => member.Status === 'associated');
  });

/** Waits until the former primary, which is a secondary since the failover, is detached. */
async function untilDetached(subject: Subject): Promise<void> {
  await subject.until(async () => (await findDatastore(subject))?.Members?.length === 1);
  await untilDatastore(subject);
}
