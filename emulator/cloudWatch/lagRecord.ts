/** The time for which lags are kept, in milliseconds. */
const keptMs = 3 * 3_600_000;

/** The measured lag of a node over time: the largest of each second. */
export class LagRecord {
  readonly #bySecond = new Map<number, number>();
  /** In seconds. */
  newest: number | undefined;

  add(time: number, seconds: number): void {
    this.newest = seconds;
    const second = Math.floor(time / 1000);
    this.#bySecond.set(second, Math.max(seconds, this.#bySecond.get(second) ?? 0));
    const [oldest] = this.#bySecond.keys();
    if (oldest !== undefined && oldest * 1000 < time - keptMs) this.#bySecond.delete(oldest);
  }

  /** Returns the largest lag of a time in epoch milliseconds. Undefined without a measurement. */
  between(start: number, end: number): number | undefined {
    const lags = [...this.#bySecond].flatMap(([second, lag]) =>
      second * 1000 >= start && second * 1000 < end ? lag : [],
    );
    return lags.length > 0 ? Math.max(...lags) : undefined;
  }
}
