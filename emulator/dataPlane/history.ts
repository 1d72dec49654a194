/** The number of samples that are kept: 13 minutes of steady writes. */
const maxSamples = 4_000;

interface Sample {
  readonly time: number;
  readonly offset: number;
  readonly changes: number;
}

/** The offsets of a server over time, to which the offset of a secondary is compared. */
export class History {
  #samples: Sample[] = [];

  add(sample: Sample): void {
    const last = this.#samples.at(-1) ?? sample;
    if (sample.offset < last.offset || sample.changes < last.changes) this.#samples = []; // they are of another history
    if (sample.offset === last.offset) this.#samples.pop();
    this.#samples.push(sample);
    if (this.#samples.length > maxSamples) this.#samples.shift();
  }

  /** Returns the lag in seconds of a secondary with the offset: how long ago the server had it. */
  lagAt(offset: number, now: number): number {
    return (now - (this.#sampleAt(offset)?.time ?? now)) / 1000;
  }

  /** Returns how many changes a secondary with the offset does not have. */
  countChangesAfter(offset: number): number {
    return Math.round((this.#samples.at(-1)?.changes ?? 0) - (this.#sampleAt(offset)?.changes ?? 0));
  }

  /** Returns the time and the number of changes at which the server had the offset, interpolated between samples. */
  #sampleAt(offset: number): Omit<Sample, 'offset'> | undefined {
    const index = this.#samples.findIndex((sample) => sample.offset > offset);
    const [before, after] = [this.#samples[index - 1], this.#samples.at(index)]; // without a later one, the last
    if (!before || !after) return after;
    const part = (offset - before.offset) / (after.offset - before.offset);
    const between = (from: number, to: number) => from + part * (to - from);
    return { time: between(before.time, after.time), changes: between(before.changes, after.changes) };
  }
}
