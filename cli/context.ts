import type { GlobalDatastores } from '@global-datastore/client';
import { InvalidArgumentError } from 'commander';
import type { Format } from './output.ts';

/** The arguments that every command receives. */
export interface Context {
  readonly client: GlobalDatastores;
  readonly format: Format;
}

/** A member as `ID@REGION`. */
export interface MemberName {
  readonly ReplicationGroupId: string;
  readonly ReplicationGroupRegion: string;
}

/** Parses `ID@REGION`. */
export function parseMember(text: string): MemberName {
  const [, ReplicationGroupId, ReplicationGroupRegion] = /^([^@]+)@([a-z0-9-]+)$/.exec(text) ?? [];
  if (!ReplicationGroupId || !ReplicationGroupRegion)
    throw new InvalidArgumentError('Give a member as ID@REGION, such as orders-euw1@eu-west-1.');
  return { ReplicationGroupId, ReplicationGroupRegion };
}

/** Parses a number. */
export function parseNumber(text: string): number {
  const number = Number(text);
  if (text === '' || Number.isNaN(number)) throw new InvalidArgumentError('Give a number.');
  return number;
}

/** Collects an option that can be given several times. */
export const collect =
  <T>(parse: (text: string) => T) =>
  (text: string, former: readonly T[] = []): T[] => [...former, parse(text)];

/** Parses `NAME=VALUE`. A value that is JSON, such as 3, true or ["a"], is parsed as such. */
export function parseSetting(text: string): readonly [string, unknown] {
  const [, name, value] = /^(\w+)=(.*)$/s.exec(text) ?? [];
  if (!name || value === undefined)
    throw new InvalidArgumentError('Give a setting as NAME=VALUE, such as ReplicasPerNodeGroup=1.');
  try {
    return [name, JSON.parse(value)];
  } catch {
    return [name, value];
  }
}
