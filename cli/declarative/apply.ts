import { type ChangeOptions, confirm, secondsOf, sendChange, waits } from '../change.ts';
import type { Context } from '../context.ts';
import { CommandError, exitCodes } from '../exitCodes.ts';
import { show, tell } from '../output.ts';
import { type DatastoreFile, type LoadedFile, readDatastoreFile } from './datastoreFile.ts';
import { formatDryRun, formatPlan, planData } from './formatPlan.ts';
import { keyOf, removedMembers } from './members.ts';
import { planChanges } from './plan.ts';
import type { Plan, PlannedChange } from './plannedChange.ts';
import { readState, type State } from './state.ts';

/** The options of apply. */
export interface ApplyOptions extends ChangeOptions {
  readonly file: string;
  readonly prune?: boolean;
}

/** The options of diff. */
export interface DiffOptions {
  readonly file: string;
  readonly prune?: boolean;
}

/** A file, the state that it is compared with, and the differences. */
interface Compared {
  readonly file: LoadedFile;
  readonly state: State;
  readonly plan: Plan;
}

/** Applies a file to a datastore: compares, confirms, sends the next change and waits, until there is no difference. */
export async function apply(context: Context, options: ApplyOptions): Promise<void> {
  const file = await readDatastoreFile(options.file);
  const first = await compare(context, file, options);
  if (options.dryRun) return showDryRun(context, first);
  if (options.ifMatch && !first.state.id)
    throw new CommandError(exitCodes.refused, 'The datastore does not exist, so that it has no entity tag.');
  tellPlan(first, options);
  const send = createSender(context, options);
  let compared = first;
  while (compared.plan.changes.length > 0) {
    const result = await send(compared);
    if (!waits(options)) return showAccepted(context, compared, result);
    compared = await compare(context, withId(file, idOf(result) ?? compared.state.id), options);
  }
  await showApplied(context, compared, first);
}

/** Shows the differences between a datastore and a file. Exits with 1 if there is one. */
export async function diff(context: Context, options: DiffOptions): Promise<void> {
  const compared = await compare(context, await readDatastoreFile(options.file), options);
  const { file, state, plan } = compared;
  tellLeftAlone(compared, options);
  const isSame = plan.changes.length === 0;
  const text = isSame ? sameText(compared) : formatPlan(plan);
  await show({ data: planData(file, state, plan), text, id: isSame ? [] : (state.id ?? []) }, context.format);
  if (!isSame) process.exitCode = exitCodes.failed;
}

async function compare({ client }: Context, file: LoadedFile, options: ApplyOptions | DiffOptions): Promise<Compared> {
  const state = await readState(client, file.datastore);
  return { file, state, plan: await planChanges(client, file, state, options) };
}

/** Returns the file with the id of the datastore that it has created. */
const withId = (file: LoadedFile, id: string | undefined): LoadedFile => {
  const { GlobalReplicationGroupIdSuffix: _, ...datastore }: DatastoreFile = file.datastore;
  return id === undefined ? file : { ...file, datastore: { ...datastore, GlobalReplicationGroupId: id } };
};

async function showDryRun(context: Context, compared: Compared): Promise<void> {
  const { file, state, plan } = compared;
  const isSame = plan.changes.length === 0;
  const text = isSame ? sameText(compared) : formatDryRun(plan);
  await show({ data: planData(file, state, plan), text, id: [] }, context.format);
  if (!isSame && !plan.next) throw new CommandError(exitCodes.refused, 'A check failed: the change would be refused.');
}

async function showApplied({ format }: Context, compared: Compared, { plan }: Compared): Promise<void> {
  const { file, state } = compared;
  const data = planData(file, state, plan);
  const text = plan.changes.length === 0 ? sameText(compared) : `${state.id} ${state.group?.Status}`;
  await show({ data, text, id: state.id ?? [] }, format);
}

const sameText = ({ file, state }: Compared): string => `${state.id} is as ${file.name} says. Nothing to change.`;

/** Shows the differences, the members that stay, and a reason that has no effect. */
function tellPlan(compared: Compared, options: ApplyOptions): void {
  const { changes } = compared.plan;
  tellLeftAlone(compared, options);
  if (changes.length > 0) tell(formatPlan(compared.plan));
  if (options.reason && changes.length > 0 && !changes.some(({ operation }) => operation === 'applyTopology'))
    tell('--reason is not recorded: it belongs to a change of members.');
}

/** Lists the members that are not in the file and stay. */
function tellLeftAlone({ file, state }: Compared, { prune }: DiffOptions): void {
  const { Members } = file.datastore;
  const others = state.group && Members && !prune ? removedMembers(state.group, Members) : [];
  for (const member of others) tell(`${keyOf(member)} is not in ${file.name} and stays. --prune detaches it.`);
}

/** Shows a change that was sent without a wait. Exits with 5 if others follow it. */
async function showAccepted({ format }: Context, { state, plan }: Compared, result: unknown): Promise<void> {
  const { OperationId } = result as { readonly OperationId?: string };
  const id = idOf(result) ?? state.id ?? '';
  await show(
    { data: result, text: OperationId ? `${id}, operation ${OperationId}` : id, id: OperationId ?? id },
    format,
  );
  if (!plan.hasMore) return;
  const wait = OperationId ? `gds op ${OperationId} --wait` : `gds watch ${id}`;
  throw new CommandError(
    exitCodes.underWay,
    `Further changes follow. Wait with ${wait}, then run the same command again.`,
  );
}

/** Returns the function that sends the next change of a plan. It sends none twice, and prompts once for each danger. */
function createSender(context: Context, options: ApplyOptions) {
  const sent = new Set<string>();
  const confirmed = new Set<string>();
  const limit = secondsOf(options);
  const end = Date.now() + (limit ?? 0) * 1000;

  /** Sends the next change and waits for it, if `wait` is set. Returns its response, or the result of the wait. */
  async function send({ file, state, plan }: Compared): Promise<unknown> {
    const { next } = plan;
    if (!next) throw refused(plan, sent.size);
    assertProgress(next, state, plan);
    await confirmDangers(plan, state, file);
    const conditions = conditionsOf(next, state);
    sent.add(next.name);
    const result = await sendChange(context, next, { ...options, ...waitLeft(), ...conditions });
    assertSameId(file, next, idOf(result));
    return result;
  }

  /** Throws if a change that was sent is still in the plan, if the datastore no longer exists, or if the time is up. */
  function assertProgress({ name }: PlannedChange, { id }: State, plan: Plan): void {
    if (sent.size === 0) return;
    if (!id) throw new CommandError(exitCodes.failed, 'The datastore does not exist any more.');
    if (sent.has(name)) throw new CommandError(exitCodes.failed, `The change is made, and still:\n${formatPlan(plan)}`);
    if (limit !== undefined && Date.now() >= end)
      throw new CommandError(
        exitCodes.underWay,
        `The time is up. Run the same command again for:\n${formatPlan(plan)}`,
      );
  }

  async function confirmDangers(plan: Plan, { id = '' }: State, { name }: LoadedFile): Promise<void> {
    const dangers = plan.changes.flatMap((change) => change.dangers).filter((danger) => !confirmed.has(danger));
    if (dangers.length === 0) return;
    await confirm(id, async () => `To be as ${name} says: ${dangers.join(', ')}.`, options);
    for (const danger of dangers) confirmed.add(danger);
  }

  const waitLeft = () => (limit === undefined ? {} : { wait: `${Math.max(0, Math.ceil((end - Date.now()) / 1000))}` });

  /**
   * Returns the conditions of a change: it is only for the compared state. The entity tag of the caller is for the first one.
   */
  function conditionsOf({ name, operation }: PlannedChange, { etag }: State): ChangeOptions {
    const ifMatch = (sent.size === 0 && options.ifMatch) || etag;
    const { idempotencyKey: key } = options;
    return {
      ...(ifMatch && operation !== 'createGlobalDatastore' && { ifMatch }),
      ...(key && { idempotencyKey: `${key}:${name.replaceAll(' ', '-')}` }),
    };
  }

  return send;
}

function refused({ changes }: Plan, made: number): CommandError {
  const failed = changes.flatMap(({ findings }) => findings?.Checks ?? []).filter(({ Outcome }) => Outcome === 'fail');
  return new CommandError(
    exitCodes.refused,
    `The next change would be refused: ${failed.map(({ Id }) => Id).join(', ')}. ${made === 0 ? 'Nothing was changed.' : 'The changes before it are made.'}`,
  );
}

/** Returns the id of the datastore in the result of a change. */
function idOf(result: unknown): string | undefined {
  const { GlobalReplicationGroup: group, GlobalReplicationGroupId: id } = result as {
    readonly GlobalReplicationGroup?: { readonly GlobalReplicationGroupId: string };
    readonly GlobalReplicationGroupId?: string;
  };
  return group?.GlobalReplicationGroupId ?? id;
}

/** Throws if a datastore was created under another id than that of the file. AWS chooses the prefix. */
function assertSameId({ datastore, name }: LoadedFile, { operation }: PlannedChange, id: string | undefined): void {
  const wanted = datastore.GlobalReplicationGroupId;
  if (operation !== 'createGlobalDatastore' || !wanted || !id || id === wanted) return;
  throw new CommandError(
    exitCodes.failed,
    `The datastore is created as ${id}, and not as ${wanted}: the prefix follows from the region of its primary. Write GlobalReplicationGroupId: ${id} into ${name}.`,
  );
}
