import { GlobalDatastoreError, type GlobalDatastores } from '../../client/index.ts';
import { type Changes, idsOf, token } from './stages.ts';
import type { Subject } from './subject.ts';

/** Returns the changes of the datastore on AWS, through the deployed API. */
export function changesThroughApi(aws: Subject, client: GlobalDatastores, signal: AbortSignal): Changes {
  const options = { signal };
  const { primary, secondary } = idsOf(aws);
  const [home, other] = aws.names.regions;
  const datastore = () => ({ GlobalReplicationGroupId: aws.datastoreId });
  const member = () => ({
    ...datastore(),
    ReplicationGroupId: secondary,
    ReplicationGroupRegion: other,
    MultiAZEnabled: true,
    ...(aws.names.tags.length > 0 && { Tags: [...aws.names.tags] }),
  });
  return {
    async create() {
      const { GlobalReplicationGroup } = await client.createGlobalDatastore(
        {
          GlobalReplicationGroupIdSuffix: aws.name('walk'),
          PrimaryReplicationGroupId: primary,
          PrimaryReplicationGroupRegion: home,
        },
        options,
      );
      aws.datastoreId = GlobalReplicationGroup.GlobalReplicationGroupId;
    },
    async add() {
      aws.notes.secondaryWithoutToken = await client.addMember(member(), options).then(() => 'accepted', codeOf);
      if (aws.notes.secondaryWithoutToken !== 'accepted')
        await client.addMember({ ...member(), AuthToken: token }, options);
    },
    async failover() {
      const input = { ...datastore(), PrimaryRegion: other, PrimaryReplicationGroupId: secondary };
      aws.notes.roles = rolesIn((await client.failoverGlobalDatastore(input, options)).GlobalReplicationGroup);
    },
    detach: () =>
      client.removeMember({ ...datastore(), ReplicationGroupId: primary, ReplicationGroupRegion: home }, options),
    delete: () => client.deleteGlobalDatastore(datastore(), options),
  };
}

/** Returns the code of a refusal. */
function codeOf(error: unknown): string {
  if (error instanceof GlobalDatastoreError && error.status >= 400 && error.status < 500) return error.code;
  throw error;
}

/** Returns the changes of the datastore in the model, by the SDK and not through the API. */
export function changesOfModel(model: Subject): Changes {
  const { primary, secondary } = idsOf(model);
  const [home, other] = model.names.regions;
  const datastore = () => ({ GlobalReplicationGroupId: model.datastoreId });
  return {
    async create() {
      const input = { GlobalReplicationGroupIdSuffix: model.name('walk'), PrimaryReplicationGroupId: primary };
      const { GlobalReplicationGroup } = await model.call('CreateGlobalReplicationGroup', input);
      model.datastoreId = GlobalReplicationGroup.GlobalReplicationGroupId;
    },
    async add() {
      const member = { ...datastore(), ReplicationGroupId: secondary, MultiAZEnabled: true };
      const input = { ...member, ReplicationGroupDescription: 'npm run accept' };
      model.notes.secondaryWithoutToken = await model.answer('CreateReplicationGroup', input, other);
    },
    async failover() {
      const input = { ...datastore(), PrimaryRegion: other, PrimaryReplicationGroupId: secondary };
      const { GlobalReplicationGroup } = await model.call('FailoverGlobalReplicationGroup', input, other);
      model.notes.roles = rolesIn(GlobalReplicationGroup);
    },
    detach: () =>
      model.call('DisassociateGlobalReplicationGroup', {
        ...datastore(),
        ReplicationGroupId: primary,
        ReplicationGroupRegion: home,
      }),
    delete: () => model.call('DeleteGlobalReplicationGroup', { ...datastore(), RetainPrimaryReplicationGroup: true }),
  };
}

interface Members {
  readonly Members?: readonly { readonly ReplicationGroupRegion?: string; readonly Role?: string }[];
}

/** Returns the roles of the members by region. */
const rolesIn = ({ Members = [] }: Members): string =>
  Members.map(({ ReplicationGroupRegion, Role }) => `${ReplicationGroupRegion} ${Role}`)
    .sort()
    .join(', ');
