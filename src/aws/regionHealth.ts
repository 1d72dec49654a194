import { config } from '../config.ts';

/** When a region that did not answer is as good as any again, in epoch milliseconds; as this container has seen it. */
const silentUntil = new Map<string, number>();

/** Remembers for some seconds that a region did not answer: what can be asked elsewhere is asked there. */
export function unheard(region: string): void {
  silentUntil.set(region, Date.now() + config.silenceMs);
}

/** Forgets that a region did not answer, for it did. */
export function heard(region: string): void {
  silentUntil.delete(region);
}

/** Whether a region has lately not answered. */
export const isSilent = (region: string): boolean => (silentUntil.get(region) ?? 0) > Date.now();
