import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { Operations } from '@global-datastore/client';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { CommandError, exitCodes } from '../exitCodes.ts';
import { show, table, tell } from '../output.ts';
import { readSecret } from '../secret.ts';
import type { Use } from '../use.ts';

type Connection = Operations['getConnection']['output'];
type Address = Connection['Readers'][number];

interface ConnectOptions {
  readonly client?: string;
  readonly reader?: string;
  readonly authTokenFile?: string;
}

/** Adds the command that shows the addresses for clients, or runs a client. */
export function addConnect(program: Command, use: Use): void {
  program
    .command('connect')
    .argument('<id>')
    .argument('[program...]', 'after --: redis-cli or valkey-cli and its arguments, to run it with the address')
    .option('--client <client>', 'only the code for ioredis, node-redis, redis-py or redis-cli')
    .option('--reader <region>', 'run the program with the address for reads in this region')
    .option('--auth-token-file <file>', 'the file with the AUTH token for the program; - is stdin')
    .description('Show where clients write and read, with code that copes with a failover, or run redis-cli')
    .action(use(connect));
}

async function connect(
  context: Context,
  id: string,
  program: readonly string[],
  options: ConnectOptions,
): Promise<void> {
  const found = await context.client.getConnection({ GlobalReplicationGroupId: id });
  for (const { Region, Detail } of found.Warnings ?? []) tell(`${Region}: ${Detail}`);
  if (program.length > 0) await run(program, found, options);
  else await showConnection(found, context, options);
}

async function showConnection(found: Connection, { format }: Context, { client: name }: ConnectOptions): Promise<void> {
  const { Writer, Readers, Snippets } = found;
  const addresses = [
    ...(Writer ? [['writes', Writer] as const] : []),
    ...Readers.map((reader) => ['reads', reader] as const),
  ];
  const rows = addresses.map(([use, { Region, Address, Port }]) => [use, Region, `${Address}:${Port}`]);
  const snippet = Snippets.find(({ Client }) => Client === name);
  if (name && !snippet)
    throw new CommandError(
      exitCodes.usage,
      `${name} is not one of ${Snippets.map(({ Client }) => Client).join(', ')}.`,
    );
  const text = snippet?.Code ?? table(['USE', 'REGION', 'ADDRESS'], rows);
  await show({ data: found, text, id: Writer ? `${Writer.Address}:${Writer.Port}` : [] }, format);
}

/** Runs a client with the options that redis-cli and valkey-cli have, and exits with its exit code. */
async function run(
  [program = '', ...args]: readonly string[],
  found: Connection,
  { reader, authTokenFile }: ConnectOptions,
): Promise<void> {
  const { Address, Port } = chooseAddress(found, reader);
  const token = authTokenFile && (await readSecret(authTokenFile));
  if (found.AuthTokenEnabled && !token && !process.env.REDISCLI_AUTH)
    tell('This datastore needs an AUTH token. Give it with --auth-token-file.');
  const options = [
    ...['-h', Address, '-p', String(Port)],
    ...(found.TransitEncryptionEnabled ? ['--tls'] : []),
    ...(found.ClusterEnabled ? ['-c'] : []),
  ];
  const environment = token && { REDISCLI_AUTH: token, VALKEYCLI_AUTH: token };
  process.on('SIGINT', () => {}); // the terminal sends it to the program, too, which handles it
  const child = spawn(program, [...options, ...args], { stdio: 'inherit', env: { ...process.env, ...environment } });
  const [code, signal] = (await once(child, 'close').catch(({ message }) => {
    throw new CommandError(exitCodes.failed, `${program} cannot be run: ${message}.`);
  })) as [number | null, NodeJS.Signals | null];
  process.exitCode = code ?? 128 + constants.signals[signal as NodeJS.Signals];
}

function chooseAddress({ Writer, Readers }: Connection, region: string | undefined): Address {
  const address = region ? Readers.find(({ Region }) => Region === region) : Writer;
  if (address) return address;
  const readers = `Readers are in: ${Readers.map(({ Region }) => Region).join(', ') || 'none'}.`;
  throw region
    ? new CommandError(exitCodes.usage, `No reader in ${region}. ${readers}`)
    : new CommandError(exitCodes.failed, `The address of the writer is not known. ${readers}`);
}
