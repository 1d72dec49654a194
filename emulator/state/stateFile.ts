import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Store } from './store.ts';
import type { SavedState } from './types.ts';

/**
 * Loads the state from a file, if it exists, and writes the file after each change. Scheduled transitions continue.
 * @throws Error if the file is not a state file or cannot be written.
 */
export function persistState(store: Store, file: string): void {
  if (existsSync(file)) store.load(readState(file));
  writeState(store, file);
  let writing = false;
  store.onChange(() => {
    if (writing) return;
    writing = true;
    setImmediate(() => {
      writing = false;
      tryWriteState(store, file);
    });
  });
}

/** Writes the state through a temporary file, so that the file is complete at any time. */
export function writeState(store: Store, file: string): void {
  writeFileSync(`${file}.new`, JSON.stringify(store.save()));
  renameSync(`${file}.new`, file);
}

/** Writes the state, or logs the error, so that a full disk does not stop the emulator. */
function tryWriteState(store: Store, file: string): void {
  try {
    writeState(store, file);
  } catch (error) {
    console.error(`emulator: cannot write the state file: ${error}`);
  }
}

function readState(file: string): SavedState {
  const saved: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (hasVersion(saved) && saved.version === 2) return saved as SavedState;
  if (hasVersion(saved) && saved.version === 1) return upgradeState(saved as SavedStateV1);
  throw new Error(`${file}: no state file of version 1 or 2.`);
}

function hasVersion(saved: unknown): saved is { version: unknown } {
  return typeof saved === 'object' && saved !== null && 'version' in saved;
}

/** Version 1 uses other names for `failOnCreate` and `pendingModifiedValues`. */
interface SavedStateV1 extends Omit<SavedState, 'version' | 'accounts'> {
  version: 1;
  accounts: Record<string, AccountV1>;
}

type Account = SavedState['accounts'][string];
type StoredGroup = Account['replicationGroups'][string];
type StoredGroupV1 = Omit<StoredGroup, 'pendingModifiedValues'> & { pending: StoredGroup['pendingModifiedValues'] };

interface AccountV1 extends Omit<Account, 'failOnCreate' | 'replicationGroups'> {
  doomed: string[];
  replicationGroups: Record<string, StoredGroupV1>;
}

function upgradeState(saved: SavedStateV1): SavedState {
  return { ...saved, version: 2, accounts: mapValues(saved.accounts, upgradeAccount) };
}

function upgradeAccount({ doomed, replicationGroups, ...account }: AccountV1): Account {
  return { ...account, failOnCreate: doomed, replicationGroups: mapValues(replicationGroups, upgradeGroup) };
}

function upgradeGroup({ pending, ...group }: StoredGroupV1): StoredGroup {
  return { ...group, pendingModifiedValues: pending };
}

function mapValues<T, U>(record: Record<string, T>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
