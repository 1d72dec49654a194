#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import { addChanges } from './commands/changes.ts';
import { addCompletion } from './commands/completion.ts';
import { addConnect } from './commands/connect.ts';
import { addLogin } from './commands/login.ts';
import { addOpen } from './commands/open.ts';
import { addReads } from './commands/reads.ts';
import { addRecovery } from './commands/recovery.ts';
import { exitCodeOf, exitCodes } from './exitCodes.ts';
import { type Format, formats } from './output.ts';
import packageJson from './package.json' with { type: 'json' };
import { tellError } from './problems.ts';
import { connect } from './profile.ts';
import type { Use } from './use.ts';

const use: Use =
  (run) =>
  async (...values) => {
    const command = values.pop() as Command;
    const { url, output } = command.optsWithGlobals<{ url?: string; output: Format }>();
    await run({ client: await connect(url), format: output }, ...(values as never[]));
  };

const program = new Command('gds')
  .description('Global Datastores of ElastiCache, from the command line')
  .version(packageJson.version)
  .option('--url <url>', 'the URL of the API (GDS_URL; default: the profile, or npm start)')
  .addOption(new Option('-o, --output <format>', 'the format on stdout').choices(formats).default('table'))
  .addHelpText(
    'after',
    '\nExit codes: 0 done, 1 failed, 2 usage or not confirmed, 3 refused, 4 not authorized, 5 still under way, 130 interrupted.',
  )
  .configureHelp({ showGlobalOptions: true })
  .showSuggestionAfterError()
  .exitOverride();
addReads(program, use);
addConnect(program, use);
addChanges(program, use);
addRecovery(program, use);
addLogin(program);
addOpen(program);
addCompletion(program);
for (const command of program.commands) command.exitOverride().showSuggestionAfterError();

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  else {
    tellError(error);
    process.exitCode = exitCodeOf(error);
  }
}
