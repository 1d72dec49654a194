import { config } from '../config.ts';

/** The end of the time in which a region counts as unresponsive, in epoch milliseconds. Each container has its own. */
const unresponsiveUntil = new Map<string, number>();

/** Marks a region as unresponsive for `config.unresponsiveMs`. Calls that can go to another region go there first. */
export function markUnresponsive(region: string): void {
  unresponsiveUntil.set(region, Date.now() + config.unresponsiveMs);
}

/** Marks a region as responsive after a response. */
export function markResponsive(region: string): void {
  unresponsiveUntil.delete(region);
}

/** Returns whether a region is marked as unresponsive. */
export const isUnresponsive = (region: string): boolean => (unresponsiveUntil.get(region) ?? 0) > Date.now();
