import { isDeepStrictEqual } from 'node:util';
import { Fault } from '../protocol/fault.ts';
import { partitionOf } from '../protocol/regions.ts';
import type { DataPlane } from './dataPlane.ts';
import { type Options, type StoreOptions, withDefaultOptions } from './options.ts';
import { Scheduler } from './scheduler.ts';
import { deleteSorted, iterateSorted, restoreRecord, setSorted } from './sortedRecord.ts';
import type {
  Account,
  SavedState,
  ScheduledTransition,
  StoredGlobalGroup,
  StoredReplicationGroup,
  TransitionArguments,
  TransitionName,
} from './types.ts';

/** One function for each transition. */
export type Transitions = {
  readonly [Name in TransitionName]: (store: Store, args: TransitionArguments[Name]) => void;
};

/**
 * The resources and scheduled transitions of all accounts, in a view of one account and region.
 * `viewFrom` returns another view of the same data.
 */
export class Store {
  readonly account: string;
  readonly region: string;
  readonly #shared: Shared;

  constructor(options: StoreOptions, transitions: Transitions, view?: View) {
    this.account = view?.account ?? '000000000000';
    this.region = view?.region ?? 'us-east-1';
    this.#shared = view?.shared ?? this.#createShared(withDefaultOptions(options), transitions);
  }

  viewFrom(region: string, account = this.account): Store {
    return new Store(this.options, this.#shared.transitions, { account, region, shared: this.#shared });
  }

  get partition(): string {
    return partitionOf(this.region);
  }

  get options(): Options {
    return this.#shared.options;
  }

  /** The servers behind this control plane, if there are any. */
  get dataPlane(): DataPlane | undefined {
    return this.#shared.dataPlane;
  }

  /** Attaches a data plane to the state. A transition runs when the data plane calls its `run`. */
  attach(dataPlane: DataPlane): void {
    this.#shared.dataPlane = dataPlane;
    this.#shared.scheduler.admit = (transition, run) => dataPlane.runTransition(transition, run);
  }

  /** Returns a view of each region of each account that has a replication group. */
  views(): Store[] {
    return Object.entries(this.#shared.accounts).flatMap(([key, { replicationGroups }]) => {
      const regions = new Set(Object.values(replicationGroups).map(({ region }) => region));
      return [...regions].map((region) => this.viewFrom(region, key.split('/')[1]));
    });
  }

  /** The resources of this account in all regions of this partition. */
  get accountState(): Account {
    const key = `${this.partition}/${this.account}`;
    this.#shared.accounts[key] ??= createAccount();
    return this.#shared.accounts[key];
  }

  /**
   * Returns a global datastore that is visible in this region, or anywhere in the account.
   * @throws Fault GlobalReplicationGroupNotFoundFault
   */
  getGlobalGroup(id: string | undefined, scope?: { anywhere: boolean }): StoredGlobalGroup {
    const { globalGroups } = this.accountState;
    const key = id?.toLowerCase() ?? '';
    const group = Object.hasOwn(globalGroups, key) ? globalGroups[key] : undefined;
    if (group && this.#isVisible(group, scope)) return group;
    throw new Fault('GlobalReplicationGroupNotFoundFault', `Global Replication Group ${id} not found.`); // unverified: text
  }

  /** Returns the global datastores that are visible in this region, or all of the account, ordered by id. */
  listGlobalGroups(scope?: { anywhere: boolean }): StoredGlobalGroup[] {
    return [...iterateSorted(this.accountState.globalGroups)].filter((group) => this.#isVisible(group, scope));
  }

  /** Yields the visible global datastores whose id is greater than `id`. */
  *iterateGlobalGroups(id: string): Generator<StoredGlobalGroup> {
    for (const group of iterateSorted(this.accountState.globalGroups, id)) if (this.#isVisible(group)) yield group;
  }

  addGlobalGroup(group: StoredGlobalGroup): void {
    setSorted(this.accountState.globalGroups, group.id, group);
  }

  removeGlobalGroup(id: string): void {
    deleteSorted(this.accountState.globalGroups, id);
  }

  #isVisible({ members }: StoredGlobalGroup, { anywhere = this.options.globalScope === 'account' } = {}): boolean {
    return anywhere || members.some(({ region }) => region === this.region);
  }

  /**
   * Returns a replication group of this region. Ids are case-insensitive.
   * @throws Fault ReplicationGroupNotFoundFault
   */
  getReplicationGroup(id: string | undefined): StoredReplicationGroup {
    const group = this.findReplicationGroup(id ?? '');
    if (group) return group;
    throw new Fault('ReplicationGroupNotFoundFault', `ReplicationGroup ${id} not found.`);
  }

  findReplicationGroup(id: string): StoredReplicationGroup | undefined {
    const { replicationGroups } = this.accountState;
    const key = `${this.region}/${id.toLowerCase()}`;
    return Object.hasOwn(replicationGroups, key) ? replicationGroups[key] : undefined;
  }

  /** Returns the replication groups of this region, ordered by id. */
  listReplicationGroups(): StoredReplicationGroup[] {
    return [...this.iterateReplicationGroups('')];
  }

  /** Yields the replication groups of this region whose id is greater than `id`. */
  iterateReplicationGroups(id: string): Generator<StoredReplicationGroup> {
    return iterateSorted(this.accountState.replicationGroups, id, `${this.region}/`);
  }

  addReplicationGroup(group: StoredReplicationGroup): void {
    setSorted(this.accountState.replicationGroups, `${group.region}/${group.id}`, group);
  }

  /** Removes a replication group of this region. */
  removeReplicationGroup(id: string): void {
    deleteSorted(this.accountState.replicationGroups, `${this.region}/${id}`);
  }

  /** Schedules a transition for this account and region. It runs after `transitionMs`. */
  schedule<Name extends TransitionName>(name: Name, args: TransitionArguments[Name]): void {
    const { account, region } = this;
    const { scheduler } = this.#shared;
    scheduler.add({ name, account, region, args, due: scheduler.nextDue() });
  }

  /** Returns the waiting transitions of this account and region. */
  listScheduled(): ScheduledTransition[] {
    const { account, region } = this;
    return this.#shared.scheduler
      .waiting()
      .filter((waiting) => waiting.account === account && waiting.region === region);
  }

  /** Returns the layouts that the waiting reshardings of this account lead to, of each member. */
  listLayouts(): TransitionArguments['resharded']['layout'] {
    const own = this.#shared.scheduler.waiting().filter(({ account }) => account === this.account);
    return own.flatMap(({ args }) => ('layout' in args ? args.layout : []));
  }

  /**
   * Runs an action whose change has no effect: one transition in place of its own restores the groups and datastores that it has
   * changed. Settings that apply immediately are restored at once. Returns what `run` returns.
   */
  dropChange<T>(run: () => T): T {
    const { scheduler } = this.#shared;
    const before = structuredClone(this.accountState);
    const waiting = new Set(scheduler.waiting());
    const result = run();
    const started = scheduler.waiting().filter((transition) => !waiting.has(transition));
    for (const transition of started) scheduler.remove(transition);
    const { globalGroups, replicationGroups } = this.accountState;
    const change = {
      globalGroups: changedMembers(before.globalGroups, globalGroups),
      replicationGroups: changedMembers(before.replicationGroups, replicationGroups),
    };
    if (started.length > 0) this.schedule('changeDropped', change);
    else this.restore(change);
    return result;
  }

  /** Restores groups and datastores as they were. */
  restore({ globalGroups, replicationGroups }: TransitionArguments['changeDropped']): void {
    restoreRecord(this.accountState.globalGroups, globalGroups);
    restoreRecord(this.accountState.replicationGroups, replicationGroups);
  }

  /** Runs every waiting transition now and returns their number. Transitions that these schedule wait again. */
  tick(): number {
    return this.#shared.scheduler.tick();
  }

  /** Removes all resources and scheduled transitions of all accounts. */
  reset(): void {
    this.#shared.scheduler.clear();
    this.#shared.accounts = {};
    this.#shared.dataPlane?.reset();
    this.notifyChanged();
  }

  /** Calls the listener of `onChange`, and the data plane. */
  notifyChanged(): void {
    this.#shared.onChange();
    this.#shared.dataPlane?.stateChanged();
  }

  /** Sets the only listener for changes of the state. */
  onChange(listener: () => void): void {
    this.#shared.onChange = listener;
  }

  /** Returns a copy of the whole state, including scheduled transitions. */
  save(): SavedState {
    const { accounts, scheduler, options } = this.#shared;
    return structuredClone({ version: 2, accounts, pending: scheduler.waiting(), existing: options.existing });
  }

  /** Continues from a saved state. An older one has fewer kinds of resources. */
  load(saved: SavedState): void {
    const accounts = Object.entries(structuredClone(saved.accounts));
    this.#shared.accounts = Object.fromEntries(
      accounts.map(([key, account]) => [key, { ...createAccount(), ...account }]),
    );
    Object.assign(this.options.existing, saved.existing);
    this.#shared.scheduler.restore(saved.pending);
  }

  #createShared(options: Options, transitions: Transitions): Shared {
    const scheduler = new Scheduler(options, (transition) => this.#run(transition));
    return { options, transitions, scheduler, accounts: {}, onChange: () => {} };
  }

  #run<Name extends TransitionName>({ name, account, region, args }: ScheduledTransition<Name>): void {
    this.#shared.transitions[name](this.viewFrom(region, account), args);
    this.notifyChanged();
  }
}

/** Returns the members of `before` that differ in `after`, and null for members that are new. */
function changedMembers<T>(before: Record<string, T>, after: Record<string, T>): Record<string, T | null> {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...keys].filter((key) => !isDeepStrictEqual(before[key], after[key]));
  return Object.fromEntries(changed.map((key) => [key, before[key] ?? null]));
}

interface View {
  account: string;
  region: string;
  shared: Shared;
}

/** Data shared by the views of all accounts and regions. */
interface Shared {
  readonly options: Options;
  readonly transitions: Transitions;
  readonly scheduler: Scheduler;
  accounts: Record<string, Account>;
  onChange: () => void;
  dataPlane?: DataPlane;
}

function createAccount(): Account {
  return {
    serviceLinkedRole: true,
    globalGroups: {},
    replicationGroups: {},
    parameterGroups: {},
    subnetGroups: {},
    snapshots: [],
    failOnCreate: [],
  };
}
