import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A share of one core, for processes that are moved to it. */
export interface Throttle {
  add(pid: number): void;
  remove(): void;
}

/** Lambda counts in periods of 20 ms, as functions see it in their cgroup. */
const periodUs = 20_000;

/** A control group that gets that share of one core. Throws, with the reason, where this machine lets none be made. */
export function throttle(share: number): Throttle {
  const { folder, limit } = existsSync('/sys/fs/cgroup/cgroup.controllers') ? unified() : separate();
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

function unified() {
  const controllers = readFileSync('/sys/fs/cgroup/cgroup.subtree_control', 'utf8');
  if (!controllers.includes('cpu')) throw new Error('The cpu controller is not given to groups here.');
  const folder = `/sys/fs/cgroup/bench-${process.pid}`;
  return { folder, limit: (quotaUs: number) => writeFileSync(join(folder, 'cpu.max'), `${quotaUs} ${periodUs}`) };
}

function separate() {
  const folder = `/sys/fs/cgroup/cpu/bench-${process.pid}`;
  return {
    folder,
    limit(quotaUs: number) {
      writeFileSync(join(folder, 'cpu.cfs_period_us'), `${periodUs}`);
      writeFileSync(join(folder, 'cpu.cfs_quota_us'), `${quotaUs}`);
    },
  };
}
