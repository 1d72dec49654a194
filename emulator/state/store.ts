import { Fault } from '../protocol/fault.ts';
import { partitionOf } from '../protocol/regions.ts';
import type { StoredGlobalGroup } from '../rules/globalReplicationGroup.ts';
import type { StoredParameterGroup } from '../rules/parameterGroups.ts';
import type { StoredReplicationGroup } from '../rules/replicationGroup.ts';
import { type TransitionArguments, type TransitionName, transition } from '../transitions.ts';
import { type Options, type StoreOptions, withDefaultOptions } from './options.ts';
import { deleteSorted, iterateSorted, setSorted } from './sortedRecord.ts';

/** All of one account in one partition; JSON, so that it can go to a file. */
export interface Account {
  serviceLinkedRole: boolean;
  globalGroups: Record<string, StoredGlobalGroup>;
  /** By `region/id`. */
  replicationGroups: Record<string, StoredReplicationGroup>;
  /** Generated ones only, by `region/name`. */
  parameterGroups: Record<string, StoredParameterGroup>;
  /** Final snapshots, as `region/name`. */
  snapshots: string[];
  /** Replication groups whose creation is to fail, as `region/id`. */
  failOnCreate: string[];
}

/** What a state file holds. */
export interface SavedState {
  version: 1;
  accounts: Record<string, Account>;
  pending: Omit<Pending, 'timer'>[];
}

/** A step that comes later: which, for whom, with what, and when (epoch milliseconds; null while time stands still). */
interface Pending {
  name: TransitionName;
  account: string;
  region: string;
  args: unknown;
  due: number | null;
  timer?: NodeJS.Timeout | NodeJS.Immediate;
}

/** What the regions of all accounts share. */
interface Shared {
  options: Options;
  accounts: Record<string, Account>;
  pending: Set<Pending>;
  onChange: () => void;
}

/** What exists and what happens later, seen by one account from one region. `at` gives another view of the same. */
export class Store {
  readonly account: string;
  readonly region: string;
  readonly #shared: Shared;

  constructor(options: StoreOptions = {}, view?: { account: string; region: string; shared: Shared }) {
    this.account = view?.account ?? '000000000000';
    this.region = view?.region ?? 'us-east-1';
    this.#shared = view?.shared ?? {
      options: withDefaultOptions(options),
      accounts: {},
      pending: new Set(),
      onChange: () => {},
    };
  }

  viewFrom(region: string, account = this.account): Store {
    return new Store({}, { account, region, shared: this.#shared });
  }

  get partition(): string {
    return partitionOf(this.region);
  }

  get options(): Options {
    return this.#shared.options;
  }

  /** Everything of this account in this partition, in all regions. */
  get accountState(): Account {
    const key = `${this.partition}/${this.account}`;
    this.#shared.accounts[key] ??= emptyAccount();
    return this.#shared.accounts[key];
  }

  /** A global datastore this region knows, or any of the account. Throws GlobalReplicationGroupNotFoundFault. */
  getGlobalGroup(id: string | undefined, scope?: { anywhere: boolean }): StoredGlobalGroup {
    const { globalGroups } = this.accountState;
    const key = id?.toLowerCase() ?? '';
    const found = Object.hasOwn(globalGroups, key) ? globalGroups[key] : undefined;
    if (found && this.#isVisible(found, scope)) return found;
    throw new Fault('GlobalReplicationGroupNotFoundFault', `Global Replication Group ${id} not found.`); // UNV text
  }

  /** The global datastores this region knows, or all of the account, by id. */
  listGlobalGroups(scope?: { anywhere: boolean }): StoredGlobalGroup[] {
    return [...iterateSorted(this.accountState.globalGroups)].filter((group) => this.#isVisible(group, scope));
  }

  /** Those that come after an id, one by one. */
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

  /** A replication group of this region; ids are case-insensitive. Throws ReplicationGroupNotFoundFault. */
  getReplicationGroup(id: string | undefined): StoredReplicationGroup {
    const found = this.findReplicationGroup(id ?? '');
    if (found) return found;
    throw new Fault('ReplicationGroupNotFoundFault', `ReplicationGroup ${id} not found.`);
  }

  findReplicationGroup(id: string): StoredReplicationGroup | undefined {
    const { replicationGroups } = this.accountState;
    const key = `${this.region}/${id.toLowerCase()}`;
    return Object.hasOwn(replicationGroups, key) ? replicationGroups[key] : undefined;
  }

  /** The replication groups of this region, by id. */
  listReplicationGroups(): StoredReplicationGroup[] {
    return [...this.iterateReplicationGroups('')];
  }

  /** Those that come after an id, one by one. */
  iterateReplicationGroups(id: string): Generator<StoredReplicationGroup> {
    return iterateSorted(this.accountState.replicationGroups, id, `${this.region}/`);
  }

  addReplicationGroup(group: StoredReplicationGroup): void {
    setSorted(this.accountState.replicationGroups, `${group.region}/${group.id}`, group);
  }

  /** Takes one of this region out. */
  removeReplicationGroup(id: string): void {
    deleteSorted(this.accountState.replicationGroups, `${this.region}/${id}`);
  }

  /** The one verb for what AWS does after it has answered: a step of transitions.ts, after `transitionMs`. */
  schedule<Name extends TransitionName>(name: Name, args: TransitionArguments<Name>): void {
    const { account, region } = this;
    this.#schedule({ name, account, region, args, due: this.#stands ? null : this.#due });
  }

  /** Makes every step that is waiting happen now; the steps that follow from them wait again. Gives how many happened. */
  tick(): number {
    const waiting = [...this.#shared.pending];
    for (const pending of waiting) this.#happen(pending);
    return waiting.length;
  }

  /** Forgets everything. */
  reset(): void {
    for (const pending of this.#shared.pending) clear(pending);
    this.#shared.pending.clear();
    this.#shared.accounts = {};
    this.notifyChanged();
  }

  /** Tells who keeps the state that it is another now. */
  notifyChanged(): void {
    this.#shared.onChange();
  }

  onChange(listener: () => void): void {
    this.#shared.onChange = listener;
  }

  /** The whole state as JSON data, steps under way included. */
  save(): SavedState {
    const pending = [...this.#shared.pending].map(({ timer: _, ...rest }) => rest);
    return structuredClone({ version: 1, accounts: this.#shared.accounts, pending });
  }

  /** Goes on from a saved state: steps that were due meanwhile happen at once, in their order. */
  load(saved: SavedState): void {
    this.#shared.accounts = structuredClone(saved.accounts);
    for (const pending of saved.pending)
      this.#schedule({ ...pending, due: this.#stands ? null : (pending.due ?? this.#due) });
  }

  /** Whether time stands still until `tick`. */
  get #stands(): boolean {
    return this.options.transitionMs === Infinity;
  }

  /** When a step that begins to wait now is due. */
  get #due(): number {
    return Date.now() + this.options.transitionMs;
  }

  #schedule(pending: Pending): void {
    this.#shared.pending.add(pending);
    if (pending.due === null) return;
    const happen = () => this.#happen(pending);
    const wait = pending.due - Date.now();
    pending.timer = wait > 0 ? setTimeout(happen, wait).unref() : setImmediate(happen);
  }

  #happen(pending: Pending): void {
    if (!this.#shared.pending.delete(pending)) return;
    clear(pending);
    transition(this.viewFrom(pending.region, pending.account), pending.name, pending.args);
    this.notifyChanged();
  }
}

function emptyAccount(): Account {
  return {
    serviceLinkedRole: true,
    globalGroups: {},
    replicationGroups: {},
    parameterGroups: {},
    snapshots: [],
    failOnCreate: [],
  };
}

function clear({ timer }: Pending): void {
  if (timer instanceof Object && 'refresh' in timer) clearTimeout(timer);
  else clearImmediate(timer);
}
