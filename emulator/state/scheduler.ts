import type { ScheduledTransition } from './types.ts';

/** Runs transitions when they are due. */
export class Scheduler {
  readonly #options: { readonly transitionMs: number };
  readonly #run: (transition: ScheduledTransition) => void;
  readonly #timers = new Map<ScheduledTransition, Timer | undefined>();
  readonly #started = new WeakSet<ScheduledTransition>();

  /** Calls `run` when a transition that is due may run. Until then it is waiting. */
  admit = (_transition: ScheduledTransition, run: () => void): void => run();

  /** `options.transitionMs` is read again for each transition, because tests change it. */
  constructor(options: { readonly transitionMs: number }, run: (transition: ScheduledTransition) => void) {
    this.#options = options;
    this.#run = run;
  }

  /** Returns the due time of a transition scheduled now, or null if transitions wait for `tick`. */
  nextDue(): number | null {
    const { transitionMs } = this.#options;
    return transitionMs === Infinity ? null : Date.now() + transitionMs;
  }

  add(transition: ScheduledTransition): void {
    this.#timers.set(transition, this.#startTimer(transition));
  }

  /** Removes a waiting transition. */
  remove(transition: ScheduledTransition): void {
    clearTimer(this.#timers.get(transition));
    this.#timers.delete(transition);
  }

  /** Adds saved transitions. Those that are overdue run at once, in their order. */
  restore(saved: readonly ScheduledTransition[]): void {
    for (const transition of saved) {
      const next = this.nextDue();
      this.add({ ...transition, due: next === null ? null : (transition.due ?? next) });
    }
  }

  /** Runs every waiting transition now and returns their number. Transitions that these schedule wait again. */
  tick(): number {
    const waiting = this.waiting();
    for (const transition of waiting) this.#runNow(transition);
    return waiting.length;
  }

  waiting(): ScheduledTransition[] {
    return [...this.#timers.keys()];
  }

  clear(): void {
    for (const timer of this.#timers.values()) clearTimer(timer);
    this.#timers.clear();
  }

  #startTimer(transition: ScheduledTransition): Timer | undefined {
    if (transition.due === null) return undefined;
    const run = () => this.#runNow(transition);
    const delay = transition.due - Date.now();
    return delay > 0 ? setTimeout(run, delay).unref() : setImmediate(run);
  }

  #runNow(transition: ScheduledTransition): void {
    if (this.#started.has(transition)) return;
    this.#started.add(transition);
    this.admit(transition, () => {
      if (!this.#timers.has(transition)) return;
      this.remove(transition);
      this.#run(transition);
    });
  }
}

type Timer = NodeJS.Timeout | NodeJS.Immediate;

function clearTimer(timer: Timer | undefined): void {
  if (timer instanceof Object && 'refresh' in timer) clearTimeout(timer);
  else clearImmediate(timer);
}
