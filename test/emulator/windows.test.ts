import {
  type CreateReplicationGroupCommandInput,
  DescribeCacheClustersCommand,
  ModifyReplicationGroupCommand,
} from '@aws-sdk/client-elasticache';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addSecondary,
  createDatastore,
  createReplicationGroup,
  type RunningEmulator,
  startEmulator,
} from './harness.ts';

const OVERLAP = 'The snapshot window and maintenance window must not overlap.';
const SHORT = 'Snapshot window must be at least 60 minutes.';
const SHORT_MAINTENANCE = 'Maintenance window must be at least 60 minutes.';

type Windows = Pick<CreateReplicationGroupCommandInput, 'SnapshotWindow' | 'PreferredMaintenanceWindow'>;

/** Snapshot window, maintenance window, and the refusal. */
const cases: [snapshot: string | undefined, maintenance: string | undefined, refusal?: string | RegExp][] = [
  ['05:00-06:00', 'sun:06:00-sun:07:00'],
  ['05:00-05:59', undefined, SHORT],
  ['05:00-05:00', undefined, SHORT],
  ['23:30-00:29', undefined, SHORT],
  ['23:30-00:30', undefined],
  ['24:00-25:00', undefined, /must look like/],
  ['5:00-6:00', undefined, /must look like/],
  [undefined, 'sun:05:00-sun:05:59', SHORT_MAINTENANCE],
  [undefined, 'sat:23:30-sun:00:29', SHORT_MAINTENANCE],
  [undefined, 'sat:23:30-sun:00:30'],
  [undefined, 'SAT:23:30-Sun:00:30'],
  [undefined, 'sun:05:60-sun:07:00', /must look like/],
  [undefined, 'day:05:00-day:07:00', /must look like/],
  ['05:00-06:00', 'wed:05:59-wed:07:00', OVERLAP],
  ['05:00-06:00', 'wed:04:00-wed:05:01', OVERLAP],
  ['05:00-06:00', 'wed:04:00-wed:05:00'],
  ['05:00-06:00', 'wed:06:00-thu:05:00'],
  ['05:00-06:00', 'wed:06:00-thu:05:01', OVERLAP],
  ['23:30-00:30', 'sat:00:29-sat:02:00', OVERLAP],
  ['23:30-00:30', 'sun:00:00-sun:01:00', OVERLAP],
  ['00:00-01:00', 'sat:23:30-sun:00:30', OVERLAP],
  ['00:30-01:30', 'sat:23:30-sun:00:30'],
  ['00:00-23:30', undefined, OVERLAP],
  ['00:00-23:00', undefined],
  ['03:00-04:00', undefined],
  ['02:00-08:00', undefined],
  [undefined, 'mon:05:00-mon:09:00'],
  [undefined, 'mon:00:00-sun:23:59', OVERLAP],
];

/** Returns the windows of a group as DescribeCacheClusters shows them. */
async function windowsOf({ elasticache }: RunningEmulator, id: string, region = 'us-east-1'): Promise<Windows> {
  const { CacheClusters } = await elasticache(region).send(
    new DescribeCacheClustersCommand({ CacheClusterId: `${id}-001` }),
  );
  const { SnapshotWindow, PreferredMaintenanceWindow } = CacheClusters?.[0] ?? {};
  return { SnapshotWindow, PreferredMaintenanceWindow };
}

const messageOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    ({ message }: Error) => message,
  );

const modify = (input: Windows) => new ModifyReplicationGroupCommand({ ReplicationGroupId: 'first', ...input });

describe('snapshot and maintenance window', () => {
  it.each(cases)('%s and %s of a new group: %s', async (SnapshotWindow, PreferredMaintenanceWindow, refusal) => {
    const emulator = await startEmulator();

    const message = await messageOf(createReplicationGroup(emulator, { SnapshotWindow, PreferredMaintenanceWindow }));

    if (refusal) return expect(message).toMatch(refusal);
    expect(message).toBeUndefined();
    const chosen = await windowsOf(emulator, 'first');
    if (SnapshotWindow) expect(chosen.SnapshotWindow).toBe(SnapshotWindow);
    if (PreferredMaintenanceWindow)
      expect(chosen.PreferredMaintenanceWindow).toBe(PreferredMaintenanceWindow.toLowerCase());
    expect(covered(chosen)).toEqual([]);
  });

  it.each([
    [{ SnapshotWindow: '03:30-04:30' }, OVERLAP],
    [{ PreferredMaintenanceWindow: 'mon:06:59-mon:08:00' }, OVERLAP],
    [{ PreferredMaintenanceWindow: 'mon:07:00-mon:08:00' }, undefined],
    [{ SnapshotWindow: '03:30-04:30', PreferredMaintenanceWindow: 'MON:07:00-Mon:08:00' }, undefined],
    [{ SnapshotWindow: '03:30-04:00' }, SHORT],
  ])('%j of a modification: %s', async (input, refusal) => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator); // 06:00-07:00 and sun:03:00-sun:04:00

    expect(await messageOf(emulator.elasticache().send(modify(input)))).toBe(refusal);
    expect(covered(await windowsOf(emulator, 'first'))).toEqual([]);
  });

  it('of a secondary follow the same rules', async () => {
    const emulator = await startEmulator();
    const id = await createDatastore(emulator);
    const add = (input: Windows) => messageOf(addSecondary(emulator, id, 'second', 'eu-west-1', input));

    expect(await add({ SnapshotWindow: '05:00-05:30' })).toBe(SHORT);
    expect(await add({ SnapshotWindow: '03:00-04:00', PreferredMaintenanceWindow: 'tue:03:00-tue:04:00' })).toBe(
      OVERLAP,
    );
    expect(await add({ SnapshotWindow: '03:00-04:00' })).toBeUndefined();
    emulator.settle();
    expect(covered(await windowsOf(emulator, 'second', 'eu-west-1'))).toEqual([]);
  });

  it('of any length and place are refused if, and only if, a minute is in both', async () => {
    const emulator = await startEmulator();
    await createReplicationGroup(emulator);

    await fc.assert(
      fc.asyncProperty(windows, async (requested) => {
        const message = await messageOf(emulator.elasticache().send(modify(requested)));

        expect(message).toBe(covered(requested).length > 0 ? OVERLAP : undefined);
      }),
      { numRuns: 200 },
    );
  });
});

const MINUTES = 7 * 24 * 60;
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const time = (minute: number) =>
  [Math.floor(minute / 60) % 24, minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
const dayTime = (minute: number) => `${DAYS[Math.floor((minute % MINUTES) / 1440)]}:${time(minute)}`;
const rangeOf = (start: number, length: number, format: (minute: number) => string) =>
  `${format(start)}-${format(start + length)}`;

const windows = fc.record({
  SnapshotWindow: fc
    .tuple(fc.nat(1439), fc.integer({ min: 60, max: 1300 }))
    .map(([start, length]) => rangeOf(start, length, time)),
  PreferredMaintenanceWindow: fc
    .tuple(fc.nat(MINUTES - 1), fc.integer({ min: 60, max: 1300 }))
    .map(([start, length]) => rangeOf(start, length, dayTime)),
});

/** Returns the minutes of the week that are in both windows. */
function covered({ SnapshotWindow = '', PreferredMaintenanceWindow = '' }: Windows): number[] {
  const daily = new Set(
    DAYS.flatMap((day) => {
      const [from = '', to = ''] = SnapshotWindow.split('-');
      return minutesOf(minuteOf(`${day}:${from}`), minuteOf(`sun:${to}`) - minuteOf(`sun:${from}`), 1440);
    }),
  );
  const [from = '', to = ''] = PreferredMaintenanceWindow.split('-');
  return minutesOf(minuteOf(from), minuteOf(to) - minuteOf(from), MINUTES).filter((minute) => daily.has(minute));
}

function minuteOf(text: string): number {
  const [day = '', hour, minute] = text.toLowerCase().split(':');
  return DAYS.indexOf(day) * 1440 + Number(hour) * 60 + Number(minute);
}

const minutesOf = (start: number, length: number, every: number) =>
  Array.from({ length: (length + every) % every }, (_, i) => (start + i) % MINUTES);
