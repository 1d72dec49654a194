import { readJsonFile, writeJsonFile } from './jsonFile.ts';
import type { Store } from './store.ts';
import type { SavedState } from './types.ts';

/**
 * Loads the state from a file, if it exists, and writes the file at each change, before the response. A killed process therefore
 * loses no change that it has responded to. Scheduled transitions continue.
 * @throws Error if the file is not a state file or cannot be written.
 */
export function persistState(store: Store, file: string): void {
  const saved = readJsonFile(file, isState);
  if (saved) store.load(saved.version === 1 ? upgradeState(saved) : saved);
  writeJsonFile(file, store.save());
  store.onChange(() => tryWriteState(store, file));
}

/** Writes the state, or logs the error, so that a full disk does not stop the emulator. */
function tryWriteState(store: Store, file: string): void {
  try {
    writeJsonFile(file, store.save());
  } catch (error) {
    console.error(`emulator: cannot write the state file: ${error}`);
  }
}

const isState = (content: unknown): content is SavedState | SavedStateV1 =>
  typeof content === 'object' && content !== null && 'version' in content && [1, 2].includes(Number(content.version));

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
