import type { GlobalReplicationGroupMember } from '@aws-sdk/client-elasticache';
import type { MetricWindow } from '../aws/cloudWatch.ts';
import { findGlobalDatastore, secondariesOf } from '../datastores/globalDatastore.ts';
import { lookup } from '../datastores/lookup.ts';
import { lagPeriodSeconds, readLag, type SecondaryKey } from '../datastores/replicationLag.ts';
import { defineHandler } from '../http/defineHandler.ts';
import { suffixHint } from '../http/middleware/suffixHint.ts';
import { ok } from '../http/responses.ts';
import { parseDuration } from '../lib/duration.ts';
import { Problem } from '../problems/problem.ts';
import type { ApiRequest } from '../schemas/apiRequest.ts';
import { getReplication } from '../schemas/getReplication.ts';

export const handler = defineHandler(getReplication, readReplication, [suffixHint()]);

async function readReplication({ path, query, signal }: ApiRequest<typeof getReplication>) {
  const { GlobalReplicationGroupId } = path;
  const window = query.Since === undefined ? undefined : windowSince(query.Since);
  const { GlobalReplicationGroup } = await findGlobalDatastore(signal, GlobalReplicationGroupId);
  const primary = GlobalReplicationGroup.Members?.find(({ Role }) => Role === 'PRIMARY');
  const readings = await Promise.all(
    secondariesOf(GlobalReplicationGroup).map((member) => readSecondary(signal, memberKeyOf(member), window)),
  );
  const Warnings = readings.flatMap(({ warnings }) => warnings);
  return ok({
    GlobalReplicationGroupId: GlobalReplicationGroup.GlobalReplicationGroupId,
    ...(primary && { Primary: memberKeyOf(primary) }),
    Secondaries: readings.map(({ secondary }) => secondary),
    Statistic: 'Maximum' as const,
    PeriodSeconds: lagPeriodSeconds,
    ...(window && { SeriesPeriodSeconds: window.periodSeconds }),
    ...(Warnings.length > 0 && { Warnings }),
  });
}

const memberKeyOf = ({
  ReplicationGroupId = '',
  ReplicationGroupRegion = '',
}: GlobalReplicationGroupMember): SecondaryKey => ({
  ReplicationGroupId,
  ReplicationGroupRegion,
});

/** Reads the lag of a secondary, and its series if there is a window. A failed read is a warning. */
async function readSecondary(signal: AbortSignal, key: SecondaryKey, window: MetricWindow | undefined) {
  const lag = await lookup(readLag(signal, key, window));
  if (lag.is === 'found') return { secondary: { ...key, ...lag.value }, warnings: [] };
  const warning = { Region: key.ReplicationGroupRegion, Detail: `The lag could not be read. ${lag.detail}` };
  return { secondary: { ...key, LagSeconds: null }, warnings: [warning] };
}

const maxSeriesMs = 7 * 24 * 3_600_000;

/** Returns the window of a series. Throws `ValidationFailed` for a duration that is 0 or longer than seven days. */
function windowSince(since: string): MetricWindow {
  const duration = parseDuration(since);
  if (duration > 0 && duration <= maxSeriesMs) {
    const to = Date.now();
    return { from: to - duration, to, periodSeconds: seriesPeriodOf(duration) };
  }
  const detail = 'Since must be a duration of at least one minute and at most seven days, such as PT1H or P7D.';
  throw new Problem('ValidationFailed', detail, { errors: [{ in: 'query', parameter: 'Since', detail }] });
}

/** Returns a period for a series of at most 288 points. */
function seriesPeriodOf(duration: number): number {
  const hours = duration / 3_600_000;
  if (hours <= 3) return lagPeriodSeconds;
  return hours <= 24 ? 300 : 3_600;
}
