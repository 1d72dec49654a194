import { setTimeout as sleep } from 'node:timers/promises';
import type { GlobalDatastores, GlobalReplicationGroup } from '@global-datastore/client';
import type { Argument, Command, Option } from 'commander';
import { connect } from './profile.ts';

/** A possible end of a command line. */
export interface Candidate {
  readonly value: string;
  readonly description?: string;
}

/** The candidate for an argument that is a file: the shell completes its name. */
export const fileName: Candidate = { value: '<file>' };

/** The words of a command line as far as they are typed, apart from the one to complete. */
interface Typed {
  readonly command: Command;
  /** The arguments of the command. */
  readonly values: readonly string[];
  /** The option whose value is next. */
  readonly option: Option | undefined;
  readonly url: string | undefined;
}

/** Returns the candidates for the last word. The program has the commands and options, the API the ids and regions. */
export async function complete(program: Command, words: readonly string[]): Promise<Candidate[]> {
  if (words.slice(0, -1).includes('--')) return [];
  const current = words.at(-1) ?? '';
  const typed = readWords(program, words.slice(0, -1));
  const [flag = ''] = /^--[^=]+=/.exec(current) ?? [];
  const candidates = flag
    ? await valuesOf(findOption(typed.command, flag.slice(0, -1)), typed)
    : await candidatesAt(typed, current);
  const isFile = candidates[0] === fileName;
  return isFile ? candidates : candidates.map(withPrefix(flag)).filter(({ value }) => value.startsWith(current));
}

const withPrefix =
  (prefix: string) =>
  ({ value, ...others }: Candidate): Candidate => ({ value: prefix + value, ...others });

function readWords(program: Command, words: readonly string[]): Typed {
  let typed: Typed = { command: program, values: [], option: undefined, url: undefined };
  for (const word of words) typed = readWord(typed, word);
  return typed;
}

function readWord(typed: Typed, word: string): Typed {
  const { command, option, values } = typed;
  if (takes(option, word)) return { ...typed, option: undefined, ...(option.long === '--url' && { url: word }) };
  if (word.startsWith('--url=')) return { ...typed, url: word.slice('--url='.length) };
  if (word.startsWith('-')) return { ...typed, option: findOption(command, word) };
  const found = command.commands.find((candidate) => candidate.name() === word);
  return found ? { ...typed, command: found } : { ...typed, values: [...values, word] };
}

/** Returns whether a word is the value of the option before it. */
const takes = (option: Option | undefined, word: string): option is Option =>
  Boolean(option?.required || (option?.optional && !word.startsWith('-')));

const findOption = (command: Command, flag: string): Option | undefined =>
  optionsOf(command).find(({ long, short }) => flag === long || flag === short);

/** Returns the options of a command and of the program. */
function optionsOf(command: Command): Option[] {
  const help = command.createHelp();
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
}

async function candidatesAt(typed: Typed, current: string): Promise<Candidate[]> {
  const { command, option, values } = typed;
  if (takes(option, current)) return valuesOf(option, typed);
  if (current.startsWith('-'))
    return optionsOf(command).map(({ long, short, description }) => ({ value: long ?? short ?? '', description }));
  if (command.commands.length > 0)
    return command
      .createHelp()
      .visibleCommands(command)
      .map((candidate) => ({ value: candidate.name(), description: candidate.description() }));
  return valuesOf(command.registeredArguments[values.length], typed);
}

/** Returns the possible values of an option or an argument: its choices, or those that the API has for its placeholder. */
async function valuesOf(taken: Option | Argument | undefined, { values, url }: Typed): Promise<Candidate[]> {
  if (taken?.argChoices) return taken.argChoices.map((value) => ({ value }));
  const name = taken && placeholderOf(taken);
  if (name === 'file') return [fileName];
  const read = name ? sources[name] : undefined;
  return read ? withinOneSecond(async () => read(await connect(url, {}), values[0])) : [];
}

/** Returns the name of the value, such as `region` for `--to <region>`. */
const placeholderOf = (taken: Option | Argument): string | undefined =>
  'flags' in taken ? /[<[](.+)[>\]]$/.exec(taken.flags)?.[1] : taken.name();

/** Returns the candidates if the API responds within a second, else none. */
const withinOneSecond = (read: () => Promise<Candidate[]>): Promise<Candidate[]> =>
  Promise.race([read().catch(() => []), sleep(1000, [])]);

/**
 * The readers of the values of a placeholder. Their second argument is the first one of the command: in most a datastore id.
 */
const sources: Readonly<Record<string, (client: GlobalDatastores, first?: string) => Promise<Candidate[]>>> = {
  id: async (client) =>
    (await readDatastores(client)).map(({ GlobalReplicationGroupId: value, Status: description }) => ({
      value,
      description,
    })),
  region: async (client, id) => regionsOf(await (id ? readDatastore(client, id) : readDatastores(client))),
  member: async (client, id = '') =>
    membersOf(await readDatastore(client, id)).map(({ ReplicationGroupId, ReplicationGroupRegion, Role = '' }) => ({
      value: `${ReplicationGroupId}@${ReplicationGroupRegion}`,
      description: Role,
    })),
  group: async (client, id = '') =>
    membersOf(await readDatastore(client, id)).map(({ ReplicationGroupId: value = '', Role: description = '' }) => ({
      value,
      description,
    })),
  'id[@region]': async (client) =>
    (await client.listReplicationGroups({})).ReplicationGroups.map(({ ReplicationGroupId: value = '' }) => ({ value })),
  operation: async (client) =>
    (await client.listOperations({})).Operations.map(({ OperationId: value, Status: description }) => ({
      value,
      description,
    })),
};

async function readDatastores(client: GlobalDatastores): Promise<GlobalReplicationGroup[]> {
  const found: GlobalReplicationGroup[] = [];
  for await (const { GlobalReplicationGroups } of client.pages('listGlobalDatastores', { ShowMemberInfo: true }))
    found.push(...GlobalReplicationGroups);
  return found;
}

const readDatastore = async (client: GlobalDatastores, id: string): Promise<GlobalReplicationGroup[]> => [
  (await client.getGlobalDatastore({ GlobalReplicationGroupId: id })).GlobalReplicationGroup,
];

const membersOf = (datastores: readonly GlobalReplicationGroup[]) => datastores.flatMap(({ Members = [] }) => Members);

const regionsOf = (datastores: readonly GlobalReplicationGroup[]): Candidate[] =>
  [...new Set(membersOf(datastores).map(({ ReplicationGroupRegion = '' }) => ReplicationGroupRegion))].map((value) => ({
    value,
  }));
