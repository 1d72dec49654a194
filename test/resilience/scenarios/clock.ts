const RealDate = Date;
let offsetMs = 0;

/** Replaces `Date` of this process with one whose time `advanceClock` moves forward. Timers are not affected. */
export function installClock(): void {
  globalThis.Date = class extends RealDate {
    constructor(...parts: [] | [string | number | Date]) {
      if (parts.length === 0) super(Date.now());
      else super(...(parts as [number]));
    }

    static override now(): number {
      return RealDate.now() + offsetMs;
    }
  } as DateConstructor;
}

/** Moves the time forward. The SDK corrects its clock from five minutes on, so less must pass between two resets. */
export function advanceClock(ms: number): void {
  offsetMs += ms;
}

/** Sets the time to that of the system. */
export function resetClock(): void {
  offsetMs = 0;
}
