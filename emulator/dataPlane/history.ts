import type { Report } from './server.ts';

/** The number of samples that are kept: 13 minutes of steady writes. */
const maxSamples = 4_000;

/** The time after which a primary that was not read counts as silent. */
const silentMs = 1_000;

/** The offsets of a primary over time, to which the offset of a secondary is compared. */
export class History {
  #samples: { readonly time: number; readonly offset: number; readonly changes: number }[] = [];
  #lastRead = 0;

  add({ offset, changes }: Report, time: number): void {
    const last = this.#samples.at(-1);
    this.#lastRead = time;
    if (last && (offset < last.offset || changes < last.changes))
      this.#samples = []; // another history begins
    else if (last?.offset === offset) return;
    this.#samples.push({ time, offset, changes });
    if (this.#samples.length > maxSamples) this.#samples.shift();
  }

  /** Returns the lag in seconds of a secondary with the offset: the age of the first change that it does not have. */
  lagAt(offset: number, now: number): number {
    const missing = this.#samples.find((sample) => sample.offset > offset);
    const since = missing?.time ?? (now - this.#lastRead > silentMs ? this.#lastRead : now);
    return (now - since) / 1000;
  }

  /** Returns how many changes a secondary with the offset does not have, as exact as the samples are. */
  countChangesAfter(offset: number): number {
    const index = this.#samples.findIndex((sample) => sample.offset > offset);
    const [before, after, last] = [this.#samples[index - 1], this.#samples[index], this.#samples.at(-1)];
    if (!after || !last) return 0;
    const { offset: start, changes } = before ?? after;
    const part = before ? (offset - start) / (after.offset - start) : 0;
    return Math.round(last.changes - changes - part * (after.changes - changes));
  }
}
