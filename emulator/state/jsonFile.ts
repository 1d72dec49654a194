import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/**
 * Returns the content of a state file, or undefined if there is no such file. `isValid` returns whether the content is of the
 * right kind.
 * @throws Error that names the file and the remedy
 */
export function readJsonFile<T>(file: string, isValid: (content: unknown) => content is T): T | undefined {
  const text = readTextFile(file);
  if (text === undefined) return undefined;
  const content = parse(text);
  if (isValid(content)) return content;
  throw new Error(`${file} is damaged, or no state file. Delete it to start without its state, or name another file.`);
}

/** Replaces a state file through a temporary file, so that the file is complete at any time. */
export function writeJsonFile(file: string, content: unknown): void {
  writeFileSync(`${file}.new`, JSON.stringify(content));
  renameSync(`${file}.new`, file);
}

function readTextFile(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new Error(`${file} cannot be read: ${message}. Correct its permissions, or name another file.`);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
