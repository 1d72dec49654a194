import { createInterface } from 'node:readline/promises';
import type { Findings, Operation, Operations, ShownChange } from '@global-datastore/client';
import type { Command } from 'commander';
import type { Context } from './context.ts';
import { formatElapsed, parseSeconds } from './duration.ts';
import { CommandError, exitCodes } from './exitCodes.ts';
import { show, styled, tell } from './output.ts';
import { createProgress } from './progress.ts';

/** The options of every change. */
export interface ChangeOptions {
  readonly dryRun?: boolean;
  readonly wait?: string | boolean;
  readonly ifMatch?: string;
  readonly reason?: string;
  readonly idempotencyKey?: string;
  readonly yes?: boolean;
}

/** Adds the options of every change to a command. */
export const withChangeOptions = (command: Command): Command =>
  command
    .option('--dry-run', 'show the checks and the plan, and change nothing')
    .option('--wait [duration]', 'wait until the change is complete, such as 10m (the default on a terminal)')
    .option('--no-wait', 'return when the change is accepted')
    .option('--if-match <etag>', 'change only the state with this entity tag')
    .option('--reason <text>', 'the reason of a failover, a drill or an evacuation, for the audit trail')
    .option('--idempotency-key <key>', 'the key under which the change is safe to send again')
    .option('--yes', 'confirm without a question');

/** A change that a command sends. */
export interface Change<N extends keyof Operations> {
  readonly operation: N;
  readonly input: Operations[N]['input'];
  /** The text to type for a change that cannot be undone or that stops writes. */
  readonly typed?: string;
  /** True if the operation accepts a Reason. */
  readonly takesReason?: boolean;
  /** Waits until the change has ended. Left out for an operation, and for a change that the datastore shows. */
  readonly waitFor?: (context: Context, body: Operations[N]['output'], seconds: number | undefined) => Promise<unknown>;
}

/** Sends a change: dry run or confirmation, request, wait, result. */
export async function runChange<N extends keyof Operations>(
  context: Context,
  { operation, input, typed, takesReason, waitFor }: Change<N>,
  options: ChangeOptions,
): Promise<void> {
  const { client, format } = context;
  if (options.reason && !takesReason) throw new CommandError(exitCodes.usage, 'This change takes no --reason.');
  const full = { ...input, ...(takesReason && { Reason: options.reason }) };
  if (options.dryRun) return showDryRun(await client.dryRun(operation, full), context);
  if (typed) await confirm(typed, async () => formatFindings(await client.dryRun(operation, full)), options);
  const result = await sendChange(context, { operation, input: full, ...(waitFor && { waitFor }) }, options);
  await show({ data: result, text: describe(result), id: idOf(result) }, format);
}

/** Sends a change without a prompt, and waits for it if `wait` is set. Returns its response, or the result of the wait. */
export async function sendChange<N extends keyof Operations>(
  context: Context,
  { operation, input, waitFor }: Change<N>,
  options: ChangeOptions,
): Promise<unknown> {
  const { idempotencyKey, ifMatch } = options;
  const { body } = await context.client.request(operation, input, { idempotencyKey, ifMatch });
  if (!waits(options)) return body;
  const seconds = secondsOf(options);
  const waiter = waitFor ?? (() => waitForChange(context, operation, input, body, seconds));
  return waiter(context, body, seconds);
}

/** Returns whether a command waits for its change. */
export const waits = ({ wait = process.stderr.isTTY }: ChangeOptions): boolean => Boolean(wait);

/** Returns the limit of the wait, if one is given. */
export const secondsOf = ({ wait }: ChangeOptions): number | undefined =>
  typeof wait === 'string' ? parseSeconds(wait) : undefined;

/** Returns the text of the checks of a dry run: a mark, the id, the place and the result of each. */
export function formatFindings({ Checks, Plan }: Findings): string {
  const checks = Checks.map((check) => formatCheck(check));
  return [...checks, ...Plan.map((step, index) => `${index + 1}. ${step}`)].join('\n');
}

const marks: Readonly<Record<string, string>> = { pass: '✓', warn: '!', fail: '✗' };

/** Returns a check as a line: a mark, the id, the place and the result. `placeOf` formats a pointer into the body. */
export const formatCheck = (
  { Id, Outcome, Detail, Pointer }: Findings['Checks'][number],
  placeOf = (pointer: string): string => pointer,
): string => `${marks[Outcome] ?? '?'} ${Id}${Pointer ? ` ${placeOf(Pointer)}` : ''}: ${Detail}`;

async function showDryRun(findings: Findings, { format }: Context): Promise<void> {
  await show({ data: findings, text: formatFindings(findings), id: [] }, format);
  if (!findings.Valid) throw new CommandError(exitCodes.refused, 'A check failed: the change would be refused.');
}

/** Shows the effect of a change and prompts for a text. Throws without a terminal, unless `--yes` is set. */
export async function confirm(
  typed: string,
  explain: () => Promise<string>,
  { yes }: Pick<ChangeOptions, 'yes'>,
): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new CommandError(exitCodes.usage, 'This change needs a confirmation. Add --yes, or run it on a terminal.');
  tell(await explain());
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`Type ${styled('bold', typed)} to continue: `);
    if (answer.trim() !== typed) throw new CommandError(exitCodes.usage, 'Not confirmed. Nothing was changed.');
  } finally {
    prompt.close();
  }
}

/** The changes whose end the datastore itself shows. */
const shownChanges: readonly string[] = [
  'addMember',
  'removeMember',
  'failoverGlobalDatastore',
  'modifyGlobalDatastore',
  'scaleNodeGroups',
  'deleteGlobalDatastore',
] satisfies ShownChange[];

async function waitForChange<N extends keyof Operations>(
  { client }: Context,
  operation: N,
  input: Operations[N]['input'],
  body: Operations[N]['output'],
  seconds: number | undefined,
): Promise<unknown> {
  const { OperationId } = body as { readonly OperationId?: string };
  const { GlobalReplicationGroupId: named } = input as { readonly GlobalReplicationGroupId?: string };
  const { GlobalReplicationGroup: group } = body as {
    readonly GlobalReplicationGroup?: { readonly GlobalReplicationGroupId: string };
  };
  const id = named ?? group?.GlobalReplicationGroupId;
  const resume = OperationId ? `gds op ${OperationId} --wait` : `gds watch ${id}`;
  const progress = createProgress(resume);
  try {
    if (OperationId)
      return await client.waitForOperation(OperationId, { seconds, ...progress.options(describeOperation) });
    if (!id) return body;
    const options = {
      seconds,
      ...progress.options((group: { Status: string } | undefined) => group?.Status ?? 'gone'),
    };
    const found = shownChanges.includes(operation)
      ? await client.waitUntilApplied(operation as ShownChange, input as Operations[ShownChange]['input'], options)
      : await client.waitUntilStable(id, options);
    return { ...body, GlobalReplicationGroup: found ?? group };
  } finally {
    progress.end();
  }
}

/** Returns the state of an operation in a line: its step, the time in it, and the last error that delayed it. */
export function describeOperation({ Status, Step, Since, Attempts, LastRefusal }: Operation): string {
  const elapsed = Since ? ` (${formatElapsed(Date.now() - Date.parse(Since))}, attempt ${Attempts ?? 1})` : '';
  const refusal = LastRefusal
    ? ` Last refusal: ${LastRefusal.Code}${LastRefusal.Region ? ` in ${LastRefusal.Region}` : ''}.`
    : '';
  return `${Status}${Step ? ` ${Step}` : ''}${elapsed}${refusal}`;
}

function describe(result: unknown): string {
  const { Operation, OperationId, GlobalReplicationGroup, ...rest } = result as Record<string, unknown> & {
    readonly Operation?: Operation;
    readonly GlobalReplicationGroup?: { readonly GlobalReplicationGroupId: string; readonly Status: string };
  };
  const operation = Operation ?? (rest.Kind ? (result as Operation) : undefined);
  if (operation) return `${operation.OperationId} ${operation.Status}`;
  const group =
    GlobalReplicationGroup && `${GlobalReplicationGroup.GlobalReplicationGroupId} ${GlobalReplicationGroup.Status}`;
  return [group, OperationId && `operation ${OperationId}`].filter(Boolean).join(', ');
}

function idOf(result: unknown): string {
  const { OperationId, GlobalReplicationGroup } = result as {
    readonly OperationId?: string;
    readonly GlobalReplicationGroup?: { readonly GlobalReplicationGroupId: string };
  };
  return OperationId ?? GlobalReplicationGroup?.GlobalReplicationGroupId ?? '';
}
