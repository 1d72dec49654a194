const RealDate = Date;
let offsetMs = 0;

/** Replaces `Date` of this process with one whose time `pass` moves forward. Timers are not affected. */
export function installClock(): void {
  globalThis.Date = class extends RealDate {
    constructor(...given: [] | [string | number | Date]) {
      if (given.length === 0) super(Date.now());
      else super(...(given as [number]));
    }

    static override now(): number {
      return RealDate.now() + offsetMs;
    }
  } as DateConstructor;
}

/** Moves the time forward. The SDK corrects its clock from five minutes on, so less must pass between two resets. */
export function pass(ms: number): void {
  offsetMs += ms;
}

/** Sets the time to that of the system. */
export function resetClock(): void {
  offsetMs = 0;
}
