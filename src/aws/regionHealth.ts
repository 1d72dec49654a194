import { config } from '../config.ts';

/** When a region that did not answer is as good as any again, in epoch milliseconds; as this container has seen it. */
const unresponsiveUntil = new Map<string, number>();

/** Remembers for some seconds that a region did not answer: what can be asked elsewhere is asked there. */
export function markUnresponsive(region: string): void {
  unresponsiveUntil.set(region, Date.now() + config.unresponsiveMs);
}

/** Forgets that a region did not answer, for it did. */
export function markResponsive(region: string): void {
  unresponsiveUntil.delete(region);
}

/** Whether a region has lately not answered. */
export const isUnresponsive = (region: string): boolean => (unresponsiveUntil.get(region) ?? 0) > Date.now();
