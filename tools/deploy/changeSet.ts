import { createInterface } from 'node:readline/promises';
import {
  type Change,
  type CloudFormationClient,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  type ResourceChange,
} from '@aws-sdk/client-cloudformation';

/** A change set of a stack. */
export interface ChangeSet {
  readonly StackName: string;
  readonly ChangeSetName: string;
}

/** Prints the changes of a change set and prompts for confirmation. Removes the change set and throws if it is refused. */
export async function confirmChanges(client: CloudFormationClient, changeSet: ChangeSet): Promise<void> {
  console.log(summaryOf(changeSet.StackName, await changesOf(client, changeSet)));
  if (process.env.DEPLOY_YES || (await isConfirmed())) return;
  await discard(client, changeSet);
  const reason = process.stdin.isTTY ? 'Refused.' : 'There is no terminal to ask: repeat with --yes.';
  throw new Error(`${reason} Nothing is changed.`);
}

/** Returns all changes of a change set. */
export async function changesOf(client: CloudFormationClient, changeSet: ChangeSet): Promise<ResourceChange[]> {
  const changes: Change[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new DescribeChangeSetCommand({ ...changeSet, NextToken }));
    changes.push(...(page.Changes ?? []));
    ({ NextToken } = page);
  } while (NextToken);
  return changes.flatMap(({ ResourceChange }) => ResourceChange ?? []);
}

/** Returns a line for each change. Removals and replacements are first. */
export function summaryOf(stack: string, changes: readonly ResourceChange[]): string {
  const rows = changes.map((change) => ({ order: orderOf(change), line: lineOf(change) }));
  const lines = rows.toSorted((a, b) => a.order - b.order).map(({ line }) => `  ${line}`);
  return [`${stack}: ${changes.length} ${changes.length === 1 ? 'change' : 'changes'}`, ...lines].join('\n');
}

const kinds = ['REMOVE', 'REPLACE', 'may REPLACE', 'modify', 'import', 'add'];

const orderOf = (change: ResourceChange): number => kinds.indexOf(kindOf(change));

function lineOf(change: ResourceChange): string {
  const names = new Set(change.Details?.map(({ Target }) => Target?.Name ?? Target?.Attribute).filter(Boolean));
  const properties = change.Action === 'Modify' && names.size > 0 ? `: ${[...names].join(', ')}` : '';
  return `${kindOf(change).padEnd(11)} ${change.LogicalResourceId} (${change.ResourceType})${properties}`;
}

function kindOf({ Action, Replacement }: ResourceChange): string {
  if (Action === 'Remove') return 'REMOVE';
  if (Action !== 'Modify') return `${Action}`.toLowerCase();
  if (Replacement === 'True') return 'REPLACE';
  return Replacement === 'Conditional' ? 'may REPLACE' : 'modify';
}

async function isConfirmed(): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question('Make these changes? [y/N] ');
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** Removes a change set, and the empty stack that CloudFormation creates for the first one. */
async function discard(client: CloudFormationClient, { StackName, ChangeSetName }: ChangeSet): Promise<void> {
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
  await client.send(new DeleteChangeSetCommand({ StackName, ChangeSetName }));
  if (Stacks?.[0]?.StackStatus === 'REVIEW_IN_PROGRESS') await client.send(new DeleteStackCommand({ StackName }));
}
