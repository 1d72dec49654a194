import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { SavedState, Store } from './store.ts';

/**
 * Starts the store from this file, if it is there, and writes it after each change; steps under way go on after a restart.
 * Throws an Error for a file that is no state file or cannot be written.
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

/** Writes the state so that the file is whole at any time. */
export function writeState(store: Store, file: string): void {
  writeFileSync(`${file}.new`, JSON.stringify(store.save()));
  renameSync(`${file}.new`, file);
}

/** A full disk is no reason to stop. */
function tryWriteState(store: Store, file: string): void {
  try {
    writeState(store, file);
  } catch (error) {
    console.error(`emulator: the state could not be kept: ${error}`);
  }
}

function readState(file: string): SavedState {
  const saved: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof saved === 'object' && saved && 'version' in saved && saved.version === 1) return saved as SavedState;
  throw new Error(`${file} is no state file of this emulator.`);
}
