import type { Operations } from '@global-datastore/client';
import type { Command } from 'commander';
import { type ChangeOptions, runChange, withChangeOptions } from '../change.ts';
import { type Context, collect, type MemberName, parseMember, parseNumber, parseSetting } from '../context.ts';
import { CommandError, exitCodes } from '../exitCodes.ts';
import { readSecret } from '../secret.ts';
import type { Use } from '../use.ts';

type Settings = readonly (readonly [string, unknown])[];

/** Adds the commands that change datastores. */
export function addChanges(program: Command, use: Use): void {
  const change = (name: string, description: string) =>
    withChangeOptions(program.command(name).description(description));

  change('create', 'Create a datastore from a replication group, with secondaries')
    .argument('<suffix>', 'the end of the id of the datastore, such as orders')
    .requiredOption('--primary <id[@region]>', 'the replication group that becomes the primary')
    .option('--secondary <id@region>', 'a member to add in another region; repeatable', collect(parseMember))
    .option('--description <text>', 'the description of the datastore')
    .action(use(create));
  change('add', 'Add a member in another region')
    .argument('<id>')
    .argument('<new-member>', 'ID@REGION, where the ID is of your choice', parseMember)
    .option(
      '--set <name=value>',
      'a setting of the member, such as ReplicasPerNodeGroup=1; repeatable',
      collect(parseSetting),
    )
    .option('--auth-token-file <file>', 'the file with the AUTH token of the datastore; - is stdin')
    .action(use(add));
  change('remove', 'Detach a member. It continues as a standalone replication group')
    .argument('<id>')
    .argument('<member>', '', parseMember)
    .action(use(remove));
  change('failover', 'Promote the secondary in a region')
    .argument('<id>')
    .requiredOption('--to <region>', 'the region of the new primary')
    .option('--member <group>', 'the new primary, if the region has several members')
    .option('--max-lag <seconds>', 'refuse if the new primary is further behind', parseNumber)
    .option('--override', 'fail over although the limit of the policy is exceeded; needs --reason')
    .action(use(failover));
  change('scale', 'Change the number of shards')
    .argument('<id>')
    .requiredOption('--shards <n>', 'the number of shards of each member', parseNumber)
    .action(use(scale));
  change('rebalance', 'Distribute the slots evenly').argument('<id>').action(use(rebalance));
  change('modify', 'Change node type, engine or description')
    .argument('<id>')
    .option('--type <nodeType>', 'the node type of all members, such as cache.r7g.xlarge')
    .option('--engine <engine>', 'valkey')
    .option('--engine-version <version>', 'the new version, such as 8.0')
    .option('--description <text>', 'the new description')
    .action(use(modify));
  change('delete', 'Delete a datastore. Its primary continues as a standalone replication group')
    .argument('<id>')
    .option('--detach-secondaries', 'detach all secondaries first')
    .action(use(deleteDatastore));
  change('cancel', 'Cancel an operation').argument('<operation>').action(use(cancel));
}

interface CreateOptions extends ChangeOptions {
  readonly primary: string;
  readonly secondary?: MemberName[];
  readonly description?: string;
}

async function create(context: Context, suffix: string, options: CreateOptions): Promise<void> {
  const [id = '', region] = options.primary.split('@');
  const input = {
    GlobalReplicationGroupIdSuffix: suffix,
    PrimaryReplicationGroupId: id,
    PrimaryReplicationGroupRegion: region,
    Secondaries: options.secondary,
    GlobalReplicationGroupDescription: options.description,
  };
  await runChange(context, { operation: 'createGlobalDatastore', input }, options);
}

interface AddOptions extends ChangeOptions {
  readonly set?: Settings;
  readonly authTokenFile?: string;
}

async function add(context: Context, id: string, member: MemberName, options: AddOptions): Promise<void> {
  const settings = Object.fromEntries(options.set ?? []);
  if ('AuthToken' in settings)
    throw new CommandError(exitCodes.usage, 'A secret is no argument. Give it with --auth-token-file.');
  const AuthToken = options.authTokenFile && (await readSecret(options.authTokenFile));
  const input = { GlobalReplicationGroupId: id, ...member, ...settings, AuthToken } as Operations['addMember']['input'];
  await runChange(context, { operation: 'addMember', input }, options);
}

async function remove(context: Context, id: string, member: MemberName, options: ChangeOptions): Promise<void> {
  const input = { GlobalReplicationGroupId: id, ...member };
  await runChange(context, { operation: 'removeMember', input, typed: member.ReplicationGroupId }, options);
}

interface FailoverOptions extends ChangeOptions {
  readonly to: string;
  readonly member?: string;
  readonly maxLag?: number;
  readonly override?: boolean;
}

async function failover(context: Context, id: string, options: FailoverOptions): Promise<void> {
  const input = {
    GlobalReplicationGroupId: id,
    PrimaryRegion: options.to,
    PrimaryReplicationGroupId: options.member,
    MaxLagSeconds: options.maxLag,
    Override: options.override,
  };
  await runChange(
    context,
    { operation: 'failoverGlobalDatastore', input, typed: options.to, takesReason: true },
    options,
  );
}

async function scale(
  context: Context,
  id: string,
  options: ChangeOptions & { readonly shards: number },
): Promise<void> {
  const input = { GlobalReplicationGroupId: id, NodeGroupCount: options.shards };
  await runChange(context, { operation: 'scaleNodeGroups', input }, options);
}

async function rebalance(context: Context, id: string, options: ChangeOptions): Promise<void> {
  await runChange(context, { operation: 'rebalanceSlots', input: { GlobalReplicationGroupId: id } }, options);
}

interface ModifyOptions extends ChangeOptions {
  readonly type?: string;
  readonly engine?: 'valkey';
  readonly engineVersion?: string;
  readonly description?: string;
}

async function modify(context: Context, id: string, options: ModifyOptions): Promise<void> {
  const input = {
    GlobalReplicationGroupId: id,
    CacheNodeType: options.type,
    Engine: options.engine,
    EngineVersion: options.engineVersion,
    GlobalReplicationGroupDescription: options.description,
  };
  await runChange(context, { operation: 'modifyGlobalDatastore', input }, options);
}

async function deleteDatastore(
  context: Context,
  id: string,
  options: ChangeOptions & { readonly detachSecondaries?: boolean },
): Promise<void> {
  const input = { GlobalReplicationGroupId: id, DetachSecondaries: options.detachSecondaries };
  await runChange(context, { operation: 'deleteGlobalDatastore', input, typed: id }, options);
}

async function cancel(context: Context, OperationId: string, options: ChangeOptions): Promise<void> {
  await runChange(context, { operation: 'cancelOperation', input: { OperationId } }, { ...options, wait: false });
}
