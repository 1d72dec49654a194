import type { ScheduledTransition, StoredReplicationGroup } from './types.ts';

/** The servers behind the control plane. The store depends only on this interface, and reports changes to it. */
export interface DataPlane {
  /** The name and version of its servers. */
  readonly version: string;
  /** Whether node groups with keys may be removed. */
  isScaleInForced: boolean;

  /** Called after each change of the state. */
  stateChanged(): void;

  /** Calls `run`, which runs a transition that is due, as soon as the servers are in the state that it leads to. */
  runTransition(transition: ScheduledTransition, run: () => void): void;

  /** Called when all resources have been removed. */
  reset(): void;

  /** Returns whether a region does not respond. */
  isLost(region: string): boolean;

  /** Stops a region, or resumes it with its old data. */
  setLost(region: string, isLost: boolean): Promise<void>;

  /** Changes the link between two regions. */
  setLink(from: string, to: string, setting: LinkSetting): Promise<void>;

  /** Returns the number of keys of a node group. */
  countKeys(group: StoredReplicationGroup, nodeGroupId: string): number;

  /** Returns the largest lag in seconds from `start` to before `end`, in epoch milliseconds. Undefined without a measurement. */
  lagBetween(group: StoredReplicationGroup, nodeGroupId: string, start: number, end: number): number | undefined;

  /** Returns the state of the servers for the admin endpoint. */
  view(): object;
}

export interface LinkSetting {
  readonly delayMs?: number;
  readonly isCut?: boolean;
}
