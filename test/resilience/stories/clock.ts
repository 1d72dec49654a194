const RealDate = Date;
let offsetMs = 0;

/** Makes `Date` of this process one whose time can be moved on. Timers go on as before. */
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

/** Moves the time on. The SDK corrects its clock from five minutes on, so less must pass between two resets. */
export function pass(ms: number): void {
  offsetMs += ms;
}

/** Sets the time to the true one. */
export function resetClock(): void {
  offsetMs = 0;
}
