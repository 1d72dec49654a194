import { readFile } from 'node:fs/promises';
import { CommandError, exitCodes } from './exitCodes.ts';

/** Reads an AUTH token from a file; `-` is stdin. A secret is never an argument, which other users of the machine can see. */
export async function readSecret(file: string): Promise<string> {
  try {
    return (await readFile(file === '-' ? '/dev/stdin' : file, 'utf8')).replace(/\r?\n$/, '');
  } catch (error) {
    throw new CommandError(exitCodes.usage, `The AUTH token cannot be read: ${(error as Error).message}`);
  }
}
