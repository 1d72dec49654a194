import { Fault } from '../protocol/fault.ts';
import type { StoredGlobalGroup } from '../rules/globalReplicationGroup.ts';
import type { StoredParameterGroup } from '../rules/parameterGroups.ts';
import { partitionOf } from '../rules/regions.ts';
import type { StoredReplicationGroup } from '../rules/replicationGroup.ts';
import { type TransitionArguments, type TransitionName, transition } from '../transitions.ts';
import { type Options, type StoreOptions, withDefaults } from './options.ts';
import { drop, inOrder, put } from './sortedRecord.ts';

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
  doomed: string[];
}

/** What a state file holds. */
export interface Saved {
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
      options: withDefaults(options),
      accounts: {},
      pending: new Set(),
      onChange: () => {},
    };
  }

  at(region: string, account = this.account): Store {
    return new Store({}, { account, region, shared: this.#shared });
  }

  get partition(): string {
    return partitionOf(this.region);
  }

  get options(): Options {
    return this.#shared.options;
  }

  /** Everything of this account in this partition, in all regions. */
  get mine(): Account {
    const key = `${this.partition}/${this.account}`;
    this.#shared.accounts[key] ??= emptyAccount();
    return this.#shared.accounts[key];
  }

  /** A global datastore this region knows, or any of the account. Throws GlobalReplicationGroupNotFoundFault. */
  globalGroup(id: string | undefined, scope?: { anywhere: boolean }): StoredGlobalGroup {
    const { globalGroups } = this.mine;
    const key = id?.toLowerCase() ?? '';
    const found = Object.hasOwn(globalGroups, key) ? globalGroups[key] : undefined;
    if (found && this.#knows(found, scope)) return found;
    throw new Fault('GlobalReplicationGroupNotFoundFault', `Global Replication Group ${id} not found.`); // UNV text
  }

  /** The global datastores this region knows, or all of the account, by id. */
  globalGroups(scope?: { anywhere: boolean }): StoredGlobalGroup[] {
    return [...inOrder(this.mine.globalGroups)].filter((group) => this.#knows(group, scope));
  }

  /** Those that come after an id, one by one. */
  *globalGroupsAfter(id: string): Generator<StoredGlobalGroup> {
    for (const group of inOrder(this.mine.globalGroups, id)) if (this.#knows(group)) yield group;
  }

  addGlobalGroup(group: StoredGlobalGroup): void {
    put(this.mine.globalGroups, group.id, group);
  }

  removeGlobalGroup(id: string): void {
    drop(this.mine.globalGroups, id);
  }

  #knows({ members }: StoredGlobalGroup, { anywhere = this.options.globalScope === 'account' } = {}): boolean {
    return anywhere || members.some(({ region }) => region === this.region);
  }

  /** A replication group of this region; ids are case-insensitive. Throws ReplicationGroupNotFoundFault. */
  replicationGroup(id: string | undefined): StoredReplicationGroup {
    const found = this.findReplicationGroup(id ?? '');
    if (found) return found;
    throw new Fault('ReplicationGroupNotFoundFault', `ReplicationGroup ${id} not found.`);
  }

  findReplicationGroup(id: string): StoredReplicationGroup | undefined {
    const { replicationGroups } = this.mine;
    const key = `${this.region}/${id.toLowerCase()}`;
    return Object.hasOwn(replicationGroups, key) ? replicationGroups[key] : undefined;
  }

  /** The replication groups of this region, by id. */
  replicationGroups(): StoredReplicationGroup[] {
    return [...this.replicationGroupsAfter('')];
  }

  /** Those that come after an id, one by one. */
  replicationGroupsAfter(id: string): Generator<StoredReplicationGroup> {
    return inOrder(this.mine.replicationGroups, id, `${this.region}/`);
  }

  addReplicationGroup(group: StoredReplicationGroup): void {
    put(this.mine.replicationGroups, `${group.region}/${group.id}`, group);
  }

  /** Takes one of this region out. */
  removeReplicationGroup(id: string): void {
    drop(this.mine.replicationGroups, `${this.region}/${id}`);
  }

  /** The one verb for what AWS does after it has answered: a step of transitions.ts, after `transitionMs`. */
  later<Name extends TransitionName>(name: Name, args: TransitionArguments<Name>): void {
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
    this.changed();
  }

  /** Tells who keeps the state that it is another now. */
  changed(): void {
    this.#shared.onChange();
  }

  onChange(listener: () => void): void {
    this.#shared.onChange = listener;
  }

  /** The whole state as JSON data, steps under way included. */
  save(): Saved {
    const pending = [...this.#shared.pending].map(({ timer: _, ...rest }) => rest);
    return structuredClone({ version: 1, accounts: this.#shared.accounts, pending });
  }

  /** Goes on from a saved state: steps that were due meanwhile happen at once, in their order. */
  load(saved: Saved): void {
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
    transition(this.at(pending.region, pending.account), pending.name, pending.args);
    this.changed();
  }
}

function emptyAccount(): Account {
  return {
    serviceLinkedRole: true,
    globalGroups: {},
    replicationGroups: {},
    parameterGroups: {},
    snapshots: [],
    doomed: [],
  };
}

function clear({ timer }: Pending): void {
  if (timer instanceof Object && 'refresh' in timer) clearTimeout(timer);
  else clearImmediate(timer);
}
