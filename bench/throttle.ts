import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A limit of CPU time for the processes that are added to it. */
export interface Throttle {
  add(pid: number): void;
  remove(): void;
}

/** The period of the limit on Lambda, as the cgroup of a function has it. */
const periodUs = 20_000;

/** Creates a control group with that share of one core. Throws if this machine does not allow it. */
export function createThrottle(share: number): Throttle {
  const { folder, limit } = existsSync('/sys/fs/cgroup/cgroup.controllers') ? cgroupV2() : cgroupV1();
  mkdirSync(folder);
  try {
    limit(Math.round(periodUs * share));
  } catch (error) {
    rmdirSync(folder);
    throw error;
  }
  return {
    add: (pid) => writeFileSync(join(folder, 'cgroup.procs'), `${pid}`),
    remove: () => rmdirSync(folder),
  };
}

function cgroupV2() {
  const controllers = readFileSync('/sys/fs/cgroup/cgroup.subtree_control', 'utf8');
  if (!controllers.includes('cpu'))
    throw new Error('The cpu controller is not available to control groups on this machine.');
  const folder = `/sys/fs/cgroup/bench-${process.pid}`;
  return { folder, limit: (quotaUs: number) => writeFileSync(join(folder, 'cpu.max'), `${quotaUs} ${periodUs}`) };
}

function cgroupV1() {
  const folder = `/sys/fs/cgroup/cpu/bench-${process.pid}`;
  return {
    folder,
    limit(quotaUs: number) {
      writeFileSync(join(folder, 'cpu.cfs_period_us'), `${periodUs}`);
      writeFileSync(join(folder, 'cpu.cfs_quota_us'), `${quotaUs}`);
    },
  };
}
