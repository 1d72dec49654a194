import type { Command } from 'commander';
import { withChangeOptions } from '../change.ts';
import type { Context } from '../context.ts';
import type { ApplyOptions, DiffOptions } from '../declarative/apply.ts';
import type { Use } from '../use.ts';

const example = `
The file, which gds export writes from a datastore:

  # yaml-language-server: $schema=node_modules/@global-datastore/cli/datastoreFile.schema.json
  GlobalReplicationGroupIdSuffix: orders     # or GlobalReplicationGroupId: ldgnf-orders
  CacheNodeType: cache.r7g.large
  Members:
    - { ReplicationGroupId: orders-use1, ReplicationGroupRegion: us-east-1, Role: PRIMARY }
    - { ReplicationGroupId: orders-euw1, ReplicationGroupRegion: eu-west-1, NumCacheClusters: 2 }`;

/** Adds the commands that read or write the desired state of a datastore as a file. Their code is loaded when they run. */
export function addDeclarative(program: Command, use: Use): void {
  const withFile = (command: Command) =>
    command
      .requiredOption('-f, --file <file>', 'the file with the desired state, as YAML or JSON; - is stdin')
      .option('--prune', 'detach the members that the file does not name');

  withFile(withChangeOptions(program.command('apply').description('Make a datastore as a file says')))
    .addHelpText(
      'after',
      `${example}\n\nWhat the file does not name is left alone. A datastore that does not exist is created.`,
    )
    .action(
      use(async (context: Context, options: ApplyOptions) =>
        (await import('../declarative/apply.ts')).apply(context, options),
      ),
    );
  withFile(program.command('diff').description('Show what apply would change'))
    .addHelpText('after', '\nExits with 0 if there is no difference, and with 1 if there is one.')
    .action(
      use(async (context: Context, options: DiffOptions) =>
        (await import('../declarative/apply.ts')).diff(context, options),
      ),
    );
  program
    .command('export')
    .argument('<id>', 'the id of the datastore, such as ldgnf-orders')
    .description('Write a datastore as a file for apply')
    .addHelpText('after', '\nIt is YAML, or JSON with -o json. AUTH tokens, tags and availability zones are not in it.')
    .action(
      use(async (context: Context, id: string) =>
        (await import('../declarative/export.ts')).exportDatastore(context, id),
      ),
    );
}
