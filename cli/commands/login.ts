import { type Command, Option } from 'commander';
import { CommandError, exitCodes } from '../exitCodes.ts';
import { tell } from '../output.ts';
import { type Profile, profilePath, saveProfile } from '../profile.ts';

interface LoginOptions {
  readonly auth: Profile['auth'];
  readonly region?: string;
  readonly tokenCommand?: string;
}

/** Adds the command that writes the profile. The URL is the option of all commands. */
export function addLogin(program: Command): void {
  program
    .command('login')
    .description('Remember where the API is and who you are')
    .addOption(
      new Option('--auth <how>', 'sigv4 has the credentials of the AWS CLI')
        .choices(['none', 'sigv4', 'token'])
        .default('none'),
    )
    .option('--region <region>', 'the region of the API, for sigv4')
    .option('--token-command <command>', 'a program that prints a token, for token')
    .action(async (options: LoginOptions, command: Command) => login(command.optsWithGlobals().url, options));
}

async function login(url: string | undefined, { auth, region, tokenCommand }: LoginOptions): Promise<void> {
  if (!url) throw new CommandError(exitCodes.usage, 'Name the API with --url.');
  if (auth === 'token' && !tokenCommand) throw new CommandError(exitCodes.usage, '--auth token needs --token-command.');
  await saveProfile({
    url,
    auth,
    ...(region && { region }),
    ...(tokenCommand && { tokenCommand }),
  });
  tell(`Saved in ${profilePath()}.`);
}
