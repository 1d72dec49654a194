import { Command, Option } from 'commander';
import { addChanges } from './commands/changes.ts';
import { addCompletion } from './commands/completion.ts';
import { addConnect } from './commands/connect.ts';
import { addDeclarative } from './commands/declarative.ts';
import { addLogin } from './commands/login.ts';
import { addOpen } from './commands/open.ts';
import { addReads } from './commands/reads.ts';
import { addRecovery } from './commands/recovery.ts';
import { type Format, formats } from './output.ts';
import packageJson from './package.json' with { type: 'json' };
import { connect } from './profile.ts';
import type { Use } from './use.ts';

/** Returns the program with all commands. */
export function createProgram(): Command {
  const program = new Command('gds')
    .description('Global Datastores of ElastiCache, from the command line')
    .version(packageJson.version)
    .option('--url <url>', 'the URL of the API (GDS_URL; default: the profile, or npm start)')
    .addOption(new Option('-o, --output <format>', 'the format on stdout').choices(formats).default('table'))
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 usage or not confirmed, 3 refused, 4 not authorized, 5 still in progress, 130 interrupted.',
    )
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError()
    .exitOverride();
  addReads(program, use);
  addConnect(program, use);
  addChanges(program, use);
  addDeclarative(program, use);
  addRecovery(program, use);
  addLogin(program);
  addOpen(program);
  addCompletion(program);
  for (const command of program.commands) {
    command.exitOverride().showSuggestionAfterError();
    for (const argument of command.registeredArguments) argument.description ||= meanings[argument.name()] ?? '';
  }
  return program;
}

/** The descriptions of the arguments of several commands. */
const meanings: Readonly<Record<string, string>> = {
  id: 'the id of the datastore, such as ldgnf-orders',
  member: 'the member as ID@REGION, such as orders-euw1@eu-west-1',
  operation: 'the id of the operation, as gds ops lists it',
};

const use: Use =
  (run) =>
  async (...values) => {
    const command = values.pop() as Command;
    const { url, output } = command.optsWithGlobals<{ url?: string; output: Format }>();
    await run({ client: await connect(url), format: output }, ...(values as never[]));
  };
