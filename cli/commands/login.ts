import type { Command } from 'commander';
import { CommandError, exitCodes } from '../exitCodes.ts';
import { tell } from '../output.ts';
import { type Profile, profilePath, saveProfile } from '../profile.ts';

interface LoginOptions {
  readonly auth: string;
  readonly region?: string;
  readonly tokenCommand?: string;
}

/** Adds the command that writes the profile. The URL is the option of all commands. */
export function addLogin(program: Command): void {
  program
    .command('login')
    .description('Remember where the API is and who you are')
    .option('--auth <how>', 'none, sigv4 (the credentials of the AWS CLI) or token', 'none')
    .option('--region <region>', 'the region of the API, for sigv4')
    .option('--token-command <command>', 'a program that prints a token, for token')
    .action(async (options: LoginOptions, command: Command) => login(command.optsWithGlobals().url, options));
}

async function login(url: string | undefined, { auth, region, tokenCommand }: LoginOptions): Promise<void> {
  if (!url) throw new CommandError(exitCodes.usage, 'Name the API with --url.');
  if (!['none', 'sigv4', 'token'].includes(auth))
    throw new CommandError(exitCodes.usage, `--auth ${auth} is not known. Use none, sigv4 or token.`);
  if (auth === 'token' && !tokenCommand) throw new CommandError(exitCodes.usage, '--auth token needs --token-command.');
  await saveProfile({
    url,
    auth: auth as Profile['auth'],
    ...(region && { region }),
    ...(tokenCommand && { tokenCommand }),
  });
  tell(`Saved in ${profilePath()}.`);
}
