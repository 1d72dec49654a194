import { setTimeout as sleep } from 'node:timers/promises';
import { LagRecord } from '../cloudWatch/lagRecord.ts';
import { CONFIGURATION } from '../rules/endpoints.ts';
import type { DataPlane, Failover, LinkSetting } from '../state/dataPlane.ts';
import { isPending } from '../state/pendingChanges.ts';
import type { Store } from '../state/store.ts';
import type { ScheduledTransition, StoredGlobalGroup, StoredReplicationGroup } from '../state/types.ts';
import { type Cluster, openClusterFront } from './clusterFront.ts';
import { moveRole } from './failover.ts';
import { Fleet } from './fleet.ts';
import { History } from './history.ts';
import { openLink } from './link.ts';
import { type PortOwner, releasePort } from './ports.ts';
import { datastoreKeyOf, isSame, type Place, primaryFor, type Target, targetsOf } from './targets.ts';

/** Times in milliseconds: between two reads of all members, two looks at what is waited for, and two tries of a failed change. */
const [readMs, pollMs, retryMs] = [200, 20, 500];

/** The time for which a failover waits until the other members replicate the new primary, in milliseconds. */
const relinkMs = 3_000;

/** The servers behind a store. They are reconciled with the state after each change of it. */
export class LocalDataPlane implements DataPlane {
  readonly version: string;
  isScaleInForced = false;
  readonly #store: Store;
  readonly #report: (message: string) => void;
  readonly #fleet: Fleet;
  readonly #entrances = new Map<string, Entrance>();
  readonly #histories = new Map<string, History>();
  readonly #lags = new Map<string, LagRecord>();
  readonly #failovers = new Map<string, Failover>();
  readonly #promotions = new Map<string, Place>();
  #queue: Promise<void> = Promise.resolve();
  #isQueued = false;
  #isClosed = false;

  constructor(store: Store, path: string, version: string, report: (message: string) => void) {
    this.#store = store;
    this.version = version;
    this.#report = (message) => this.#isClosed || report(`Data plane: ${message}`);
    this.#fleet = new Fleet({ path, report: this.#report, onExit: () => this.stateChanged() });
  }

  /** Starts the servers that the state needs, and follows the state from then on. */
  async start(): Promise<void> {
    this.#store.attach(this);
    await this.#reconcileSoon();
    void this.#observe();
  }

  stateChanged(): void {
    if (!this.#isQueued) void this.#reconcileSoon();
    this.#isQueued = true;
  }

  runTransition(transition: ScheduledTransition, run: () => void): void {
    void this.#prepare(transition).then((finish) => {
      if (!this.#isClosed) run();
      finish?.();
    });
  }

  isLost(region: string): boolean {
    return this.#fleet.lostRegions.has(region);
  }

  async setLost(region: string, isLost: boolean): Promise<void> {
    if (isLost === this.isLost(region)) return;
    const there = this.#fleet.targets.filter(({ group }) => group.region === region);
    if (isLost) this.#fleet.lostRegions.add(region);
    else this.#fleet.lostRegions.delete(region);
    this.#fleet.updateLinks();
    if (isLost) await this.#readLast(there);
    for (const { key } of there) this.#fleet.find(key)?.kill(isLost ? 'SIGSTOP' : 'SIGCONT');
    if (!isLost) await this.#reconcileSoon();
  }

  async setLink(from: string, to: string, setting: LinkSetting): Promise<void> {
    await this.#read(this.#members()); // what passes before a cut is known
    this.#fleet.setLink([from, to], setting);
  }

  reset(): void {
    this.isScaleInForced = false;
    this.#failovers.clear();
    this.#fleet.resetLinks();
    for (const region of [...this.#fleet.lostRegions]) void this.setLost(region, false);
  }

  countKeys(group: StoredReplicationGroup, nodeGroupId: string): number {
    return this.#fleet.find(this.#keyIn(group, nodeGroupId))?.report?.keys ?? 0;
  }

  lagBetween(group: StoredReplicationGroup, nodeGroupId: string, start: number, end: number): number | undefined {
    return this.#lags.get(this.#keyIn(group, nodeGroupId))?.between(start, end);
  }

  view(): object {
    return {
      Server: this.version,
      TransitEncryption: 'not offered: clients connect without TLS',
      LostRegions: [...this.#fleet.lostRegions],
      Servers: this.#fleet.targets.map((target) => this.#viewServer(target)),
      Datastores: [...this.#datastores()].map(([key, { datastore }]) => ({
        GlobalReplicationGroupId: datastore.id,
        WriterPort: datastore.ports?.[WRITER],
        LastFailover: this.#failovers.get(key),
      })),
    };
  }

  /** Ends all servers. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const key of this.#entrances.keys()) this.#closeEntrance(key);
    await this.#fleet.close();
  }

  #viewServer({ key, source, group, nodeGroupId }: Target): object {
    const { pid: Pid, report } = this.#fleet.find(key) ?? {};
    return {
      Region: group.region,
      ReplicationGroupId: group.id,
      NodeGroupId: nodeGroupId,
      Port: group.ports?.[nodeGroupId],
      Pid,
      Keys: report?.keys ?? 0,
      Role: source === undefined ? 'primary' : 'secondary',
      ...(source !== undefined && { Link: this.#viewLink(key, source.split('/')[1] ?? '', group.region) }),
    };
  }

  #viewLink(key: string, From: string, to: string): object {
    const { delayMs: DelayMs, isCut: Cut } = this.#fleet.conditionsBetween(From, to);
    const Up = this.#fleet.find(key)?.report?.isLinkUp ?? false;
    return { From, DelayMs, Cut, Up, LagSeconds: this.#lags.get(key)?.newest };
  }

  /** Brings the servers of the groups of a transition to what it states. Returns what is to be done after it, if anything. */
  async #prepare({ name, args, account, region }: ScheduledTransition): Promise<(() => void) | undefined> {
    const groups = 'layout' in args ? args.layout : 'id' in args ? [{ region, ...args }] : [];
    const isOfGroups = (target: Target) =>
      target.store.account === account && groups.some((group) => isSame(group, target.group));
    const all = (is: (target: Target) => boolean) => () => this.#fleet.targets.filter(isOfGroups).every(is);
    if (name === 'resharded') this.#report('resharding moves no keys. A key whose slot moves is not found any more.');
    const authTokens = 'settings' in args && 'id' in args && args.settings.authTokens;
    // they are valid before the group is available again
    if (authTokens) this.#store.viewFrom(region, account).getReplicationGroup(args.id).authTokens = authTokens;
    await this.#until(all((target) => this.#fleet.isSettled(target)));
    if (name === 'secondaryAssociated') await this.#until(all((target) => this.#fleet.isLinked(target)));
    if (name !== 'failedOver') return undefined;
    return this.#promote(account, args as ScheduledTransition<'failedOver'>['args'], isOfGroups);
  }

  async #until(isTrue: () => boolean, withinMs = Number.POSITIVE_INFINITY): Promise<void> {
    await this.#reconcileSoon();
    for (const end = Date.now() + withinMs; !this.#isClosed && !isTrue() && Date.now() < end; ) await sleep(pollMs);
  }

  #keyIn(group: StoredReplicationGroup, nodeGroupId: string): string {
    return this.#fleet.targets.find((each) => each.group === group && each.nodeGroupId === nodeGroupId)?.key ?? '';
  }

  /** Runs changes of the servers one after the other. A failed one is reported, and the servers are reconciled soon. */
  #enqueue(change: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(async () => {
      if (this.#isClosed) return;
      await change().catch(({ message }: Error) => {
        this.#report(`${message}. It is tried again.`);
        setTimeout(() => this.stateChanged(), retryMs).unref();
      });
    });
    return this.#queue;
  }

  #reconcileSoon(): Promise<void> {
    return this.#enqueue(() => this.#reconcile());
  }

  async #reconcile(): Promise<void> {
    this.#isQueued = false;
    await this.#fleet.reconcile(targetsOf(this.#store, this.#promotions));
    await this.#reconcileEntrances();
  }

  /** Returns the datastores that have servers. */
  #datastores(): Map<string, { readonly store: Store; readonly datastore: StoredGlobalGroup }> {
    const found = this.#fleet.targets.flatMap(({ store, datastore }) =>
      datastore ? [[datastoreKeyOf(store, datastore.id), { store, datastore }] as const] : [],
    );
    return new Map(found);
  }

  /** Opens the ports beside those of the servers, and closes those that nothing needs any more. */
  async #reconcileEntrances(): Promise<void> {
    const wanted = this.#wantedEntrances();
    for (const key of this.#entrances.keys()) if (!wanted.has(key)) this.#closeEntrance(key);
    for (const [key, { store, owner, name, open }] of wanted)
      if (!this.#entrances.has(key))
        this.#entrances.set(key, await open(await this.#fleet.keepPort(store, owner, name)));
  }

  #closeEntrance(key: string): void {
    const entrance = this.#entrances.get(key);
    entrance?.close();
    if (entrance) releasePort(entrance.port);
    this.#entrances.delete(key);
  }

  #wantedEntrances(): Map<string, WantedEntrance> {
    const writers = [...this.#datastores()].map(([key, { store, datastore }]) => {
      const open = (port: number) => openLink(port, () => this.#primaryPortOf(store, datastore.id));
      return [key, { store, owner: datastore, name: WRITER, open }] as const;
    });
    const clustered = this.#fleet.targets.filter(({ group }) => group.clusterEnabled);
    const fronts = clustered.flatMap((target) =>
      [target.nodeGroupId, CONFIGURATION].map((name) => {
        const open = (port: number) => openClusterFront(port, () => this.#clusterOf(target, name));
        return [`${target.groupKey}/${name}`, { store: target.store, owner: target.group, name, open }] as const;
      }),
    );
    return new Map<string, WantedEntrance>([...writers, ...fronts]);
  }

  /** Returns the shards of a group with cluster mode, as they are now. The configuration endpoint is that of the first one. */
  #clusterOf({ groupKey, store, group: { id, region } }: Target, name: string): Cluster | undefined {
    const group = store.viewFrom(region).findReplicationGroup(id);
    const shards = (group?.shards ?? []).flatMap((shard) => {
      const [port, serverPort] = [group?.ports?.[shard.id], this.#fleet.find(`${groupKey}/${shard.id}`)?.port];
      return port && serverPort ? { id: shard.id, slots: shard.slots, port, serverPort } : [];
    });
    const own = shards.find((shard) => shard.id === name) ?? shards[0];
    return own && { own, shards };
  }

  #primaryPortOf(store: Store, globalId: string): number | undefined {
    const datastore = store.accountState.globalGroups[globalId];
    const primary = datastore && primaryFor(store, datastore, this.#promotions);
    const group = primary && store.viewFrom(primary.region).findReplicationGroup(primary.id);
    return group?.ports?.[group.clusterEnabled ? CONFIGURATION : (group.shards[0]?.id ?? '')];
  }

  /** Makes a secondary the primary of its datastore. The promotion holds until the state has it: returns what ends it. */
  async #promote(account: string, member: Place & { globalId: string }, isOfMember: (target: Target) => boolean) {
    await this.#until(() => !this.isLost(member.region));
    const datastoreKey = datastoreKeyOf({ account }, member.globalId);
    await this.#enqueue(async () => {
      const shards = this.#fleet.targets.filter(isOfMember).flatMap(({ key, source }) => {
        const next = this.#fleet.find(key);
        if (!next || source === undefined) return [];
        return { next, old: this.#fleet.findReachable(source), history: this.#histories.get(source) };
      });
      const failover = await moveRole(shards, async () => {
        this.#promotions.set(datastoreKey, member);
        await this.#reconcile();
        this.#entrances.get(datastoreKey)?.drop?.();
      });
      this.#failovers.set(datastoreKey, failover);
    });
    const others = () => this.#members().filter(({ group }) => group.globalId === member.globalId);
    await this.#until(() => others().every((each) => this.#fleet.isLinked(each)), relinkMs);
    return () => {
      if (this.#promotions.get(datastoreKey) === member) this.#promotions.delete(datastoreKey);
      this.#followLinks(datastoreKey);
    };
  }

  /** Lets the status of secondaries follow their links. A promotion can leave one without. */
  #followLinks(promotedIn?: string): void {
    for (const [key, { store, datastore }] of this.#datastores()) {
      if (isPending(datastore, 'associate')) continue;
      for (const member of datastore.members.filter(({ role }) => role === 'SECONDARY')) {
        const targets = this.#fleet.targets.filter(
          (each) => each.datastore === datastore && isSame(each.group, member),
        );
        const isLinked = targets.every((target) => this.#fleet.isLinked(target));
        const wrong = isLinked ? 'associating' : key === promotedIn ? 'associated' : undefined;
        if (member.status !== wrong) continue;
        member.status = isLinked ? 'associated' : 'associating';
        store.notifyChanged();
      }
    }
  }

  /** Reads the members of datastores, again and again, and measures their lag. */
  async #observe(): Promise<void> {
    while (!this.#isClosed) {
      const members = this.#members();
      await this.#read(members);
      for (const target of members) this.#measure(target, Date.now());
      this.#followLinks();
      await sleep(readMs, undefined, { ref: false });
    }
  }

  /** Returns the servers of datastores that can be reached. */
  #members(): Target[] {
    return this.#fleet.targets.filter((target) => target.datastore && !this.#fleet.isLost(target));
  }

  /** Reads servers that are about to be silent. Until then they take no more writes, so that each confirmed one is counted. */
  async #readLast(targets: readonly Target[]): Promise<void> {
    await Promise.allSettled(targets.map(({ key }) => this.#fleet.find(key)?.call('CLIENT', 'PAUSE', '1000', 'WRITE')));
    await this.#read(targets);
  }

  /** Reads servers. One that does not answer is left out. */
  async #read(targets: readonly Target[]): Promise<void> {
    const reads = targets.map(async ({ key, source }) => {
      const report = await this.#fleet.find(key)?.read();
      if (report && !source) getOrAdd(this.#histories, key, History).add(report, Date.now());
    });
    await Promise.allSettled(reads);
  }

  #measure({ key, source }: Target, now: number): void {
    const offset = this.#fleet.find(key)?.report?.offset;
    const lag = source && offset !== undefined ? this.#histories.get(source)?.lagAt(offset, now) : undefined;
    if (lag !== undefined) getOrAdd(this.#lags, key, LagRecord).add(now, lag);
  }
}

/** The name of the port of a datastore that leads to its primary. */
const WRITER = 'writer';

/** A port that clients connect to, beside those of the servers. */
interface Entrance {
  readonly port: number;
  /** Closes the connections. Clients connect again. */
  drop?(): void;
  close(): void;
}

interface WantedEntrance {
  readonly store: Store;
  readonly owner: PortOwner;
  readonly name: string;
  readonly open: (port: number) => Promise<Entrance>;
}

function getOrAdd<V>(map: Map<string, V>, key: string, type: new () => V): V {
  const value = map.get(key) ?? new type();
  map.set(key, value);
  return value;
}
