import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { Refusal } from './refusal.ts';

/** The terminal in which the user confirms changes. */
export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
}

/** The confirmation of changes of an AWS account. One confirmation is for all changes of this process. */
export interface Confirmation {
  /** Prompts for the confirmation, unless it was given. @throws Refusal without it. */
  require(change: string): Promise<void>;
  /** Resolves when the changes are confirmed. */
  readonly given: Promise<void>;
}

/** Returns the terminal of this process. Undefined if there is none, as in a script. */
export const findTerminal = (): Terminal | undefined =>
  process.stdin.isTTY && process.stderr.isTTY ? { input: process.stdin, output: process.stderr } : undefined;

/** Creates a confirmation that prompts in the terminal. `target` names the account and the regions of the changes. */
export function createConfirmation(target: string, terminal: Terminal | undefined): Confirmation {
  const given = Promise.withResolvers<void>();
  let answer: Promise<boolean> | undefined;

  return {
    given: given.promise,
    async require(change) {
      if (!terminal)
        throw refuse(`${change} would change ${target}, and there is no terminal to ask in. Start with --aws --yes.`);
      answer ??= ask(terminal, `${change} would change ${target}. Allow this and all later changes? [y/N] `);
      if (await answer) return given.resolve();
      answer = undefined; // the next change prompts again
      throw refuse(`The terminal of npm start did not allow ${change} to change ${target}.`);
    },
  };
}

/**
 * Prompts in the terminal. Returns whether the answer is yes. The terminal stays in its line mode, so that Ctrl-C ends the
 * program.
 */
async function ask({ input, output }: Terminal, question: string): Promise<boolean> {
  const lines = createInterface({ input, terminal: false });
  output.write(question);
  const [line = ''] = await Promise.race([once(lines, 'line'), once(lines, 'close')]);
  lines.close();
  return /^y(es)?$/i.test(`${line}`.trim());
}

const refuse = (detail: string) => new Refusal(403, 'The change of the AWS account is not confirmed', detail);
