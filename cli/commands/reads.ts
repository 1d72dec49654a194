import type { AuditEntry, GlobalReplicationGroup, Operation, Operations } from '@global-datastore/client';
import { type Command, Option } from 'commander';
import { describeOperation } from '../change.ts';
import type { Context } from '../context.ts';
import { parseSeconds } from '../duration.ts';
import { show, table, tell } from '../output.ts';
import { createProgress } from '../progress.ts';
import { drawTopology } from '../topology.ts';
import type { Use } from '../use.ts';

/** Adds the commands that change nothing. */
export function addReads(program: Command, use: Use): void {
  program
    .command('list')
    .option('--status <status>', 'only those with this status, such as available')
    .option('--region <region>', 'only those with a member in this region')
    .option('--name <prefix>', 'only those whose name begins with this text')
    .description('List the datastores')
    .action(use(async (context: Context, filters: ListFilters) => list(context, filters)));
  program
    .command('get')
    .argument('<id>')
    .description('Show a datastore: its topology with the lag, its members, its settings')
    .action(use(async (context: Context, id: string) => get(context, id)));
  program
    .command('watch')
    .argument('<id>')
    .option('--timeout <duration>', 'the limit of the wait', '1h')
    .description('Wait until no change of a datastore is in progress')
    .action(use(async (context: Context, id: string, options: { timeout: string }) => watch(context, id, options)));
  program
    .command('lag')
    .argument('<id>')
    .option('--since <duration>', 'also show the lag over this time (ISO 8601, such as PT1H)')
    .description('Show how far each secondary is behind')
    .action(use(async (context: Context, id: string, options: { since?: string }) => lag(context, id, options)));
  program
    .command('audit')
    .argument('<id>')
    .description('Show who changed a datastore, when and why')
    .action(use(async (context: Context, id: string) => audit(context, id)));
  program
    .command('ops')
    .argument('[id]', 'only the operations of this datastore')
    .addOption(
      new Option('--status <status>', 'only these')
        .choices(['RUNNING', 'SUCCEEDED', 'FAILED', 'STOPPED'])
        .argParser((status: string) => status.toUpperCase()),
    )
    .description('List operations')
    .action(
      use(async (context: Context, id: string | undefined, options: { status?: string }) =>
        listOperations(context, id, options),
      ),
    );
  program
    .command('op')
    .argument('<operation>')
    .option('--wait [duration]', 'wait until the operation has ended')
    .description('Show an operation: its step, what remains, its result')
    .action(
      use(async (context: Context, id: string, options: { wait?: string | boolean }) =>
        showOperation(context, id, options),
      ),
    );
  program
    .command('groups')
    .argument('[region]', 'the region; default: that of the API')
    .description('List the replication groups of a region: which can become a primary')
    .action(use(async (context: Context, region: string | undefined) => groups(context, region)));
  program
    .command('explain')
    .argument('<code>', 'the code of a problem, such as InvalidGlobalReplicationGroupStateFault')
    .description('Explain a problem and what to do')
    .action(use(async (context: Context, code: string) => explain(context, code)));
}

interface ListFilters {
  readonly status?: string;
  readonly region?: string;
  readonly name?: string;
}

async function list({ client, format }: Context, { status, region, name }: ListFilters): Promise<void> {
  const found: GlobalReplicationGroup[] = [];
  const filters = { Status: status, Region: region, NamePrefix: name } as Operations['listGlobalDatastores']['input'];
  for await (const { GlobalReplicationGroups, Warnings = [] } of client.pages('listGlobalDatastores', {
    ...filters,
    ShowMemberInfo: true,
  })) {
    found.push(...GlobalReplicationGroups);
    for (const { Region, Detail } of Warnings) tell(`${Region}: ${Detail}`);
  }
  const rows = found.map((group) => [
    group.GlobalReplicationGroupId,
    group.Status,
    engineOf(group),
    ...regionsOf(group),
  ]);
  const text = table(['ID', 'STATUS', 'ENGINE', 'PRIMARY', 'SECONDARIES'], rows);
  await show({ data: found, text, id: found.map(({ GlobalReplicationGroupId: id }) => id) }, format);
}

const engineOf = ({ Engine, EngineVersion }: GlobalReplicationGroup) =>
  [Engine, EngineVersion].filter(Boolean).join(' ');

function regionsOf({ Members = [] }: GlobalReplicationGroup): [string, string] {
  const regions = (role: string) =>
    Members.filter(({ Role }) => Role === role).map((member) => member.ReplicationGroupRegion);
  return [regions('PRIMARY').join(' '), regions('SECONDARY').join(' ')];
}

async function get({ client, format }: Context, id: string): Promise<void> {
  const [{ GlobalReplicationGroup: group }, replication] = await Promise.all([
    client.getGlobalDatastore({ GlobalReplicationGroupId: id }),
    format === 'table' ? client.getReplication({ GlobalReplicationGroupId: id }).catch(() => undefined) : undefined,
  ]);
  const members = (group.Members ?? []).map((member) => [
    `${member.ReplicationGroupId}@${member.ReplicationGroupRegion}`,
    member.Role,
    member.Status,
  ]);
  const text = [
    `${group.GlobalReplicationGroupId}  ${group.Status}  ${engineOf(group)}  ${group.CacheNodeType ?? ''}`,
    drawTopology(group, replication),
    '',
    table(['MEMBER', 'ROLE', 'STATUS'], members),
  ].join('\n');
  await show({ data: group, text, id: group.GlobalReplicationGroupId }, format);
}

async function watch({ client, format }: Context, id: string, { timeout }: { timeout: string }): Promise<void> {
  const progress = createProgress(`gds watch ${id}`);
  try {
    const options = progress.options((group: GlobalReplicationGroup | undefined) =>
      group
        ? `${group.Status}  ${(group.Members ?? []).map((member) => `${member.ReplicationGroupRegion} ${member.Status}`).join(', ')}`
        : 'gone',
    );
    const group = await client.waitUntilStable(id, { seconds: parseSeconds(timeout), ...options });
    progress.end();
    await show({ data: group ?? null, text: group ? `${id} ${group.Status}` : `${id} does not exist`, id }, format);
  } finally {
    progress.end();
  }
}

async function lag({ client, format }: Context, id: string, { since }: { since?: string }): Promise<void> {
  const replication = await client.getReplication({ GlobalReplicationGroupId: id, ...(since && { Since: since }) });
  for (const { Region, Detail } of replication.Warnings ?? []) tell(`${Region}: ${Detail}`);
  const rows = replication.Secondaries.map(({ ReplicationGroupId, ReplicationGroupRegion, LagSeconds, At }) => [
    `${ReplicationGroupId}@${ReplicationGroupRegion}`,
    LagSeconds === null || LagSeconds === undefined ? 'unknown' : `${LagSeconds} s`,
    At,
  ]);
  await show(
    { data: replication, text: table(['SECONDARY', 'LAG', 'AT'], rows), id: rows.map(([, value]) => value ?? '') },
    format,
  );
}

async function audit({ client, format }: Context, id: string): Promise<void> {
  const entries: AuditEntry[] = [];
  for await (const { AuditEntries } of client.pages('getAudit', { GlobalReplicationGroupId: id }))
    entries.push(...AuditEntries);
  const rows = entries.map(({ Time, Outcome, Route, Caller, Request }) => [
    Time,
    Outcome,
    Route,
    Caller,
    reasonIn(Request),
  ]);
  const text = table(['TIME', 'OUTCOME', 'ROUTE', 'CALLER', 'REASON'], rows);
  await show({ data: entries, text, id: entries.map(({ RequestId }) => RequestId ?? '') }, format);
}

/** Returns the Reason in the body of a request, or of a step. */
function reasonIn({ body, Reason }: AuditEntry['Request']): string {
  const reason = (body as { readonly Reason?: unknown } | undefined)?.Reason ?? Reason;
  return typeof reason === 'string' ? reason : '';
}

async function listOperations(
  { client, format }: Context,
  id: string | undefined,
  { status }: { status?: string },
): Promise<void> {
  const input = {
    ...(id && { GlobalReplicationGroupId: id }),
    ...(status && { Status: status as 'RUNNING' }),
  };
  const found = [];
  for await (const { Operations } of client.pages('listOperations', input)) found.push(...Operations);
  const rows = found.map((operation) => [
    operation.OperationId,
    operation.Status,
    operation.StartedAt,
    operation.EndedAt,
  ]);
  const text = table(['OPERATION', 'STATUS', 'STARTED', 'ENDED'], rows);
  await show({ data: found, text, id: found.map(({ OperationId }) => OperationId) }, format);
}

async function showOperation(
  { client, format }: Context,
  id: string,
  { wait }: { wait?: string | boolean },
): Promise<void> {
  const progress = createProgress(`gds op ${id} --wait`);
  try {
    const limit = typeof wait === 'string' ? { seconds: parseSeconds(wait) } : {};
    const operation = wait
      ? await client.waitForOperation(id, { ...limit, ...progress.options(describeOperation) })
      : (await client.getOperation({ OperationId: id })).Operation;
    progress.end();
    await show({ data: operation, text: describeWhole(operation), id: operation.OperationId }, format);
  } finally {
    progress.end();
  }
}

function describeWhole(operation: Operation): string {
  const { OperationId, Kind, Remaining = [], Reason, Advice, Result } = operation;
  return [
    `${OperationId}  ${Kind}`,
    describeOperation(operation),
    ...Remaining.map((step, index) => `${index + 1}. ${step}`),
    Reason,
    Advice,
    Result && `Result: ${JSON.stringify(Result)}`,
  ]
    .filter(Boolean)
    .join('\n');
}

async function groups({ client, format }: Context, region: string | undefined): Promise<void> {
  const found: Record<string, unknown>[] = [];
  for await (const { ReplicationGroups } of client.pages('listReplicationGroups', region ? { Region: region } : {}))
    found.push(...(ReplicationGroups as unknown as Record<string, unknown>[]));
  const rows = found.map((group) =>
    ['ReplicationGroupId', 'Status', 'CacheNodeType', 'Engine'].map((name) => group[name] && String(group[name])),
  );
  const text = table(['REPLICATION GROUP', 'STATUS', 'NODE TYPE', 'ENGINE'], rows as string[][]);
  await show({ data: found, text, id: found.map(({ ReplicationGroupId }) => String(ReplicationGroupId)) }, format);
}

async function explain({ client, format }: Context, code: string): Promise<void> {
  const { Problem } = await client.getProblem({ Code: code } as never);
  const { Title, Advice, Status } = Problem as unknown as Record<string, string>;
  await show({ data: Problem, text: `${code} (${Status}): ${Title}.\n${Advice}`, id: code }, format);
}
