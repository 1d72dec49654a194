import { setTimeout as sleep } from 'node:timers/promises';
import type { Evacuation } from '@global-datastore/client';
import type { Command } from 'commander';
import { type ChangeOptions, runChange, withChangeOptions } from '../change.ts';
import { type Context, parseNumber } from '../context.ts';
import { parseSeconds } from '../duration.ts';
import { CommandError, exitCodes } from '../exitCodes.ts';
import { show, table, tell } from '../output.ts';
import { createProgress } from '../progress.ts';
import type { Use } from '../use.ts';

/** Adds the commands for the loss of a region, and for drills. */
export function addRecovery(program: Command, use: Use): void {
  withChangeOptions(program.command('drill').description('Fail over, hold, fail back, and measure how long each takes'))
    .argument('<id>')
    .requiredOption('--to <region>', 'the region that is the primary for a time')
    .requiredOption('--hold <duration>', 'how long the drill holds before it returns, such as 10m', parseSeconds)
    .option('--max-lag <seconds>', 'refuse if the new primary is further behind', parseNumber)
    .action(use(drill));
  program
    .command('drills')
    .argument('<id>')
    .description('List the drills of a datastore with their figures')
    .action(use(listDrills));
  withChangeOptions(
    program.command('evacuate').description('Move the primaries of all your datastores out of a region'),
  )
    .requiredOption('--from <region>', 'the region that is lost')
    .option('--to <region>', 'the region of the new primaries')
    .option('--detach-after <duration>', 'detach a secondary whose failover has not succeeded by then', parseSeconds)
    .option('--at-once <n>', 'the number of datastores at the same time', parseNumber)
    .action(use(evacuate));
  program
    .command('evacuation')
    .argument('<evacuation>', 'the id of the evacuation, as gds evacuate prints it')
    .description('Show an evacuation: its finished, running and refused datastores, and the cleanup that remains')
    .action(use(async (context: Context, id: string) => showEvacuation(context, await readEvacuation(context, id))));
}

interface DrillOptions extends ChangeOptions {
  readonly to: string;
  readonly hold: number;
  readonly maxLag?: number;
}

async function drill(context: Context, id: string, options: DrillOptions): Promise<void> {
  const input = {
    GlobalReplicationGroupId: id,
    PrimaryRegion: options.to,
    HoldSeconds: options.hold,
    MaxLagSeconds: options.maxLag,
    Reason: requireReason(options),
  };
  await runChange(context, { operation: 'startDrill', input, typed: options.to, takesReason: true }, options);
}

async function listDrills({ client, format }: Context, id: string): Promise<void> {
  const { Drills } = await client.listDrills({ GlobalReplicationGroupId: id });
  const seconds = (value: number | undefined) => (value === undefined ? '' : `${value} s`);
  const rows = Drills.map((entry) => [
    entry.AcceptedAt,
    entry.Status,
    entry.PrimaryRegion,
    seconds(entry.RtoSeconds),
    seconds(entry.ReturnRtoSeconds),
    entry.Reason,
  ]);
  const text = table(['ACCEPTED', 'STATUS', 'TO', 'RTO', 'RETURN RTO', 'REASON'], rows);
  await show({ data: Drills, text, id: Drills.map(({ OperationId }) => OperationId) }, format);
}

interface EvacuateOptions extends ChangeOptions {
  readonly from: string;
  readonly to?: string;
  readonly detachAfter?: number;
  readonly atOnce?: number;
}

async function evacuate(context: Context, options: EvacuateOptions): Promise<void> {
  const input = {
    FromRegion: options.from,
    ToRegion: options.to,
    DetachAfterSeconds: options.detachAfter,
    MaxAtOnce: options.atOnce,
    Reason: requireReason(options),
  };
  await runChange(
    context,
    { operation: 'startEvacuation', input, typed: options.from, takesReason: true, waitFor: waitForEvacuation },
    options,
  );
}

/** Waits until an evacuation has ended, for at most five hours. */
async function waitForEvacuation(
  context: Context,
  { Evacuation: started }: { readonly Evacuation: Evacuation },
  seconds = 5 * 3600,
): Promise<{ readonly Evacuation: Evacuation }> {
  const { EvacuationId } = started;
  const progress = createProgress(`gds evacuation ${EvacuationId}`);
  const { onProgress } = progress.options(describeSummary);
  const end = Date.now() + seconds * 1000;
  try {
    for (;;) {
      const evacuation = await readEvacuation(context, EvacuationId);
      onProgress(evacuation);
      if (evacuation.Status !== 'RUNNING') return { Evacuation: evacuation };
      if (Date.now() >= end) throw new CommandError(exitCodes.underWay, `${EvacuationId} is still in progress.`);
      await sleep(1000);
    }
  } finally {
    progress.end();
  }
}

const readEvacuation = async ({ client }: Context, EvacuationId: string): Promise<Evacuation> =>
  (await client.getEvacuation({ EvacuationId })).Evacuation;

const describeSummary = ({ Status, Summary }: Evacuation): string =>
  `${Status}  ${Summary.Done} done, ${Summary.UnderWay} in progress, ${Summary.Waiting} waiting, ${Summary.Refused} refused`;

async function showEvacuation({ format }: Context, evacuation: Evacuation): Promise<void> {
  for (const { Region, Detail } of evacuation.Warnings ?? []) tell(`${Region}: ${Detail}`);
  const rows = evacuation.Datastores.map(({ GlobalReplicationGroupId, Status, Way, Writer, Reason }) => [
    GlobalReplicationGroupId,
    Status,
    Way,
    Writer && `${Writer.Region} ${Writer.Address ?? ''}`.trim(),
    Reason,
  ]);
  const cleanUps = evacuation.Datastores.flatMap(({ CleanUp = [] }) => CleanUp);
  const text = [
    `${evacuation.EvacuationId}  ${describeSummary(evacuation)}`,
    table(['DATASTORE', 'STATUS', 'WAY', 'WRITER', 'REASON'], rows),
    ...(cleanUps.length > 0
      ? ['', 'To clean up once the region is back:', ...cleanUps.map((line) => `- ${line}`)]
      : []),
  ].join('\n');
  await show({ data: evacuation, text, id: evacuation.EvacuationId }, format);
}

function requireReason({ reason }: ChangeOptions): string {
  if (reason) return reason;
  throw new CommandError(exitCodes.usage, 'Give the reason with --reason TEXT. It goes to the audit trail.');
}
