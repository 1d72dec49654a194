import { readFile } from 'node:fs/promises';
import type { ApplyTopologyInput, ModifyGlobalDatastoreInput } from '@global-datastore/client';
import { Ajv } from 'ajv';
import { type Document, isMap, isSeq, LineCounter, type Node, type Pair, parseDocument, type Scalar } from 'yaml';
import { CommandError, exitCodes } from '../exitCodes.ts';
import { describeViolation, type Violation } from './violations.ts';

/** A member in a file. Settings that it does not name stay. */
export type FileMember = Omit<ApplyTopologyInput['Members'][number], 'Role'> & {
  readonly Role?: 'PRIMARY' | 'SECONDARY';
};

/** The settings that all members share. */
export interface SharedSettings
  extends Omit<ModifyGlobalDatastoreInput, 'GlobalReplicationGroupId' | 'ApplyImmediately'> {
  NodeGroupCount?: number;
}

/** The desired state of a datastore. It has an id or a suffix. */
export interface DatastoreFile extends SharedSettings {
  readonly GlobalReplicationGroupId?: string;
  readonly GlobalReplicationGroupIdSuffix?: string;
  readonly Members?: readonly FileMember[];
}

/** A file with its name, and the places of its values. */
export interface LoadedFile {
  readonly name: string;
  readonly datastore: DatastoreFile;
  /** Returns the place of a JSON pointer, such as `orders.yaml:7:5 #/Members/0/Role`. */
  readonly placeOf: (pointer: string) => string;
}

/** The URL of the schema in this package. Because of the import below, the build copies it beside the compiled code. */
export const schemaUrl = new URL('../datastoreFile.schema.json', import.meta.url);

/** Returns a file that matches the schema. `-` is stdin. Throws with the place of each violation. */
export async function readDatastoreFile(path: string): Promise<LoadedFile> {
  const name = path === '-' ? 'stdin' : path;
  const text = await readFile(path === '-' ? '/dev/stdin' : path, 'utf8').catch((error: Error) => {
    throw new CommandError(exitCodes.usage, `The file cannot be read: ${error.message}`);
  });
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => `${name}:${lines.linePos(offset).line}:${lines.linePos(offset).col}`;
  throwIfAny(document.errors.map(({ pos, message }) => `${at(pos[0])} ${message}`));
  const placeOf = (pointer: string) => `${at(offsetOf(document, pointer))} ${pointer}`;
  const value: unknown = document.toJS() ?? {};
  const violations = [...(await findViolations(value, document)), ...findConflicts(value as DatastoreFile)];
  throwIfAny(violations.map(({ pointer, detail }) => `${placeOf(pointer)} ${detail}`));
  return { name, datastore: value as DatastoreFile, placeOf };
}

function throwIfAny(lines: readonly string[]): void {
  if (lines.length > 0) throw new CommandError(exitCodes.usage, ['The file is not valid.', ...lines].join('\n  '));
}

/** The last two save 100 ms of CPU: the schema is valid, and its code runs once. */
const ajvOptions = {
  allErrors: true,
  verbose: true,
  strict: false,
  validateSchema: false,
  code: { optimize: false },
} as const;

/** Returns the violations of the schema. */
async function findViolations(value: unknown, document: Document): Promise<Violation[]> {
  const { default: schema } = await import('../datastoreFile.schema.json', { with: { type: 'json' } });
  const validate = new Ajv(ajvOptions).compile(schema);
  if (validate(value)) return [];
  const sourceOf = (pointer: string) => (findNode(document, pointer)?.value as Scalar | undefined)?.source;
  return (validate.errors ?? []).flatMap((error) => describeViolation(error, sourceOf(`#${error.instancePath}`)) ?? []);
}

/** Returns violations of rules that the schema cannot express: at most one primary, and one member for each region. */
function findConflicts({ Members }: DatastoreFile): Violation[] {
  if (!Array.isArray(Members)) return [];
  const members: readonly Partial<FileMember>[] = Members.map((member) => member ?? {});
  return members.flatMap(({ ReplicationGroupRegion: region, Role }, index) => [
    ...(region && members.findIndex((other) => other.ReplicationGroupRegion === region) < index
      ? [{ pointer: `#/Members/${index}/ReplicationGroupRegion`, detail: `Another member is in ${region}, too.` }]
      : []),
    ...(Role === 'PRIMARY' && members.findIndex((other) => other.Role === Role) < index
      ? [{ pointer: `#/Members/${index}/Role`, detail: 'Another member is the PRIMARY, too.' }]
      : []),
  ]);
}

interface Found {
  readonly key?: Node;
  readonly value: Node | null;
}

/** Returns the offset of the key or item that a JSON pointer names. The nearest one above it, if it is missing. */
function offsetOf(document: Document, pointer: string): number {
  const { key, value } = findNode(document, pointer) ?? {};
  return (key ?? value)?.range?.[0] ?? (pointer === '#' ? 0 : offsetOf(document, pointer.replace(/\/[^/]*$/, '')));
}

function findNode(document: Document, pointer: string): Found | undefined {
  const names = pointer
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  return names.reduce<Found | undefined>((found, name) => childOf(found?.value, name), { value: document.contents });
}

function childOf(node: Node | null | undefined, name: string): Found | undefined {
  if (isSeq(node)) return { value: (node.items[Number(name)] as Node | undefined) ?? null };
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => String((key as Scalar).value) === name) as Pair<Node, Node> | undefined;
  return pair && { key: pair.key, value: pair.value };
}
