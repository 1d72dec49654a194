import { GlobalDatastoreError, type GlobalDatastores, type GlobalReplicationGroup } from '@global-datastore/client';
import { CommandError, exitCodes } from '../exitCodes.ts';
import type { DatastoreFile } from './datastoreFile.ts';
import { keyOf } from './members.ts';

/** A datastore as the API shows it. All members are undefined if it does not exist. */
export interface State {
  readonly id?: string;
  readonly group?: GlobalReplicationGroup;
  readonly etag?: string;
}

/** Reads the datastore that a file names. */
export async function readState(client: GlobalDatastores, file: DatastoreFile): Promise<State> {
  const id = file.GlobalReplicationGroupId ?? (await findId(client, file));
  if (id === undefined) return {};
  try {
    const { body, etag } = await client.request('getGlobalDatastore', { GlobalReplicationGroupId: id });
    return { id, group: body.GlobalReplicationGroup, ...(etag && { etag }) };
  } catch (error) {
    if (error instanceof GlobalDatastoreError && error.status === 404) return {};
    throw error;
  }
}

/**
 * Returns the id of the datastore with the suffix of a file. Each region adds its own prefix, so that several can have one suffix:
 * it is the one with a member of the file.
 */
async function findId(
  client: GlobalDatastores,
  { GlobalReplicationGroupIdSuffix: suffix = '', Members = [] }: DatastoreFile,
): Promise<string | undefined> {
  const found: GlobalReplicationGroup[] = [];
  for await (const page of client.pages('listGlobalDatastores', { NamePrefix: suffix, ShowMemberInfo: true })) {
    if (page.Warnings?.length) throw notWhole(page.Warnings);
    found.push(...page.GlobalReplicationGroups.filter((group) => hasSuffix(group, suffix)));
  }
  const named = Members.map(keyOf);
  const own = found.find((group) => group.Members?.some((member) => named.includes(keyOf(member))));
  if (!own && found.length > 0 && named.length === 0) throw ambiguous(suffix, found);
  return own?.GlobalReplicationGroupId;
}

/** Returns the suffix of an id. AWS adds a prefix by the region of the primary. */
export const suffixOf = (id: string): string => id.slice(id.indexOf('-') + 1);

const hasSuffix = ({ GlobalReplicationGroupId: id }: GlobalReplicationGroup, suffix: string): boolean =>
  suffixOf(id) === suffix.toLowerCase();

const notWhole = (warnings: readonly { readonly Region: string; readonly Detail: string }[]) =>
  new CommandError(
    exitCodes.failed,
    `The datastores could not be listed in ${warnings.map(({ Region, Detail }) => `${Region} (${Detail})`).join(', ')}. Give GlobalReplicationGroupId in place of the suffix.`,
  );

const ambiguous = (suffix: string, found: readonly GlobalReplicationGroup[]) =>
  new CommandError(
    exitCodes.usage,
    `The file has the suffix ${suffix} and no members. Give GlobalReplicationGroupId: ${found.map((group) => group.GlobalReplicationGroupId).join(' or ')}.`,
  );
