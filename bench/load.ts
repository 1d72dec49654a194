import { type Agent, request } from 'node:http';
import { median, quantile } from './statistics.ts';

export interface Load {
  readonly perSecond: number;
  /** The duration of each call in milliseconds. */
  readonly times: readonly number[];
}

/** Makes `calls` calls, `callers` of them at a time. */
export async function measureLoad(callers: number, calls: number, call: () => Promise<unknown>): Promise<Load> {
  const times: number[] = [];
  let remaining = calls;
  const startedAt = performance.now();
  const caller = async () => {
    while (remaining-- > 0) {
      const sentAt = performance.now();
      await call();
      times.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { perSecond: (calls / (performance.now() - startedAt)) * 1000, times };
}

/** Returns the median and the 99th percentile of a load as text. */
export const formatTimes = ({ times }: Load): string =>
  `${median(times).toFixed(1)} / ${quantile(times, 0.99).toFixed(1)}`;

/** Sends a GET. @throws Error unless the status is 200 */
export function get(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    request(url, { agent }, (response) => {
      response.resume().once('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`${url} returned ${response.statusCode}`));
      });
    })
      .once('error', reject)
      .end();
  });
}
