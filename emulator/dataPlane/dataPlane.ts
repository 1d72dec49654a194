import { setTimeout as sleep } from 'node:timers/promises';
import type { DataPlane, LinkSetting } from '../state/dataPlane.ts';
import { isPending } from '../state/pendingChanges.ts';
import type { Store } from '../state/store.ts';
import type { ScheduledTransition, StoredGlobalGroup, StoredReplicationGroup } from '../state/types.ts';
import { moveRole } from './failover.ts';
import { Fleet, type NodeGroup } from './fleet.ts';
import { isSame, targetsOf, WRITER } from './targets.ts';

/** The intervals in milliseconds: of the reconciles of all servers, and of the reads while a condition is awaited. */
const [reconcileMs, pollMs] = [200, 20];

/** The time for which a failover waits until the other members replicate the new primary, in milliseconds. */
const relinkMs = 3_000;

/** The servers behind a store. They are reconciled with the state periodically, and after each change of it. */
export class LocalDataPlane implements DataPlane {
  readonly version: string;
  isScaleInForced = false;
  readonly #store: Store;
  readonly #report: (message: string) => void;
  readonly #fleet: Fleet;
  readonly #reportError = ({ message }: Error): void => this.#report(message);
  #last: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #isClosed = false;

  constructor(store: Store, program: string, version: string, report: (message: string) => void) {
    this.#store = store;
    this.version = version;
    this.#report = (message) => this.#isClosed || report(`Data plane: ${message}`);
    this.#fleet = new Fleet(store, program, this.#report);
  }

  /** Starts the servers that the state needs, and reconciles them with the state from then on. */
  async start(): Promise<void> {
    this.#store.attach(this);
    await this.#reconcile();
    setInterval(() => this.stateChanged(), reconcileMs).unref();
  }

  stateChanged(): void {
    void this.#reconcile();
  }

  runTransition(transition: ScheduledTransition, run: () => void): void {
    const prepared = this.#prepare(transition).catch(this.#reportError);
    void prepared.then(() => {
      if (this.#isClosed) return;
      run();
      this.#followLinks();
    });
  }

  isLost(region: string): boolean {
    return this.#fleet.lostRegions.has(region);
  }

  async setLost(region: string, isLost: boolean): Promise<void> {
    if (isLost === this.isLost(region)) return;
    await this.#enqueue(() => this.#fleet.setLost(region, isLost));
    if (!isLost) await this.#reconcile();
  }

  /** Reads the servers before it changes the link, so that the measurements include all data that passed before a cut. */
  async setLink(from: string, to: string, setting: LinkSetting): Promise<void> {
    await this.#reconcile();
    this.#fleet.setLink([from, to], setting);
  }

  reset(): void {
    this.isScaleInForced = false;
    this.#fleet.reset();
  }

  countKeys(group: StoredReplicationGroup, nodeGroupId: string): number {
    return this.#find(group, nodeGroupId)?.server?.report?.keys ?? 0;
  }

  lagBetween(group: StoredReplicationGroup, nodeGroupId: string, start: number, end: number): number | undefined {
    return this.#find(group, nodeGroupId)?.lag.between(start, end);
  }

  view(): object {
    return {
      Server: this.version,
      TransitEncryption: 'not offered: clients connect without TLS',
      LostRegions: [...this.#fleet.lostRegions],
      Servers: this.#fleet.nodeGroups.map((nodeGroup) => this.#viewServer(nodeGroup)),
      Datastores: this.#datastores().map(({ id, ports, lastFailover }) => ({
        GlobalReplicationGroupId: id,
        WriterPort: ports?.[WRITER],
        LastFailover: lastFailover,
      })),
    };
  }

  /** Ends all servers. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#fleet.close(this.#last);
  }

  #viewServer(nodeGroup: NodeGroup): object {
    const { group, nodeGroupId, sourceKey, source, server, lag } = nodeGroup;
    const { delayMs, isCut } = this.#fleet.linkOf(nodeGroup);
    const link = { DelayMs: delayMs, Cut: isCut, Up: this.#fleet.isLinked(nodeGroup), LagSeconds: lag.newest };
    return {
      Region: group.region,
      ReplicationGroupId: group.id,
      NodeGroupId: nodeGroupId,
      Port: group.ports?.[nodeGroupId],
      Pid: server?.process.pid,
      Keys: server?.report?.keys ?? 0,
      Role: sourceKey ? 'secondary' : 'primary',
      Link: source && { From: source.group.region, ...link },
    };
  }

  /** Returns the datastores that have servers. */
  #datastores(): StoredGlobalGroup[] {
    return [...new Set(this.#fleet.nodeGroups.flatMap(({ datastore }) => datastore ?? []))];
  }

  #find(group: StoredReplicationGroup, nodeGroupId: string) {
    return this.#fleet.nodeGroups.find((each) => each.group === group && each.nodeGroupId === nodeGroupId);
  }

  /** Runs changes of the servers one after the other. */
  #enqueue(change: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(() => (this.#isClosed ? undefined : change())).catch(this.#reportError);
    return this.#last;
  }

  /** Reconciles the servers with the state after the changes that already run. */
  #reconcile(): Promise<void> {
    this.#next ??= this.#enqueue(async () => {
      this.#next = undefined;
      await this.#fleet.reconcile(targetsOf(this.#store));
      this.#followLinks();
    });
    return this.#next;
  }

  async #until(isTrue: () => boolean, withinMs = Number.POSITIVE_INFINITY): Promise<void> {
    await this.#reconcile();
    for (const end = Date.now() + withinMs; !this.#isClosed && !isTrue() && Date.now() < end; ) await sleep(pollMs);
  }

  /** Waits until the servers of the groups of a transition are in the state that it leads to. */
  async #prepare({ name, args, account, region }: ScheduledTransition): Promise<void> {
    const groups = 'layout' in args ? args.layout : 'id' in args ? [{ region, ...args }] : [];
    const isMeant = (each: NodeGroup) => each.account === account && groups.some((group) => isSame(group, each.group));
    const find = () => this.#fleet.nodeGroups.filter(isMeant);
    if (name === 'resharded') this.#report('resharding moves no keys. A key whose slot moves is not found any more.');
    const authTokens = 'settings' in args && 'id' in args && args.settings.authTokens;
    // they are valid before the group is available again
    if (authTokens) this.#store.viewFrom(region, account).getReplicationGroup(args.id).authTokens = authTokens;
    await this.#until(() => find().every((each) => this.#fleet.isSettled(each)));
    if (name === 'secondaryAssociated') await this.#until(() => find().every((each) => this.#fleet.isLinked(each)));
    if (name === 'failedOver') await this.#promote(find);
  }

  /** Promotes a secondary to the primary of its datastore. `promoted` stays set until the state has the new roles. */
  async #promote(find: () => NodeGroup[]): Promise<void> {
    await this.#until(() => !find().some((each) => this.#fleet.isLost(each)));
    const nodeGroups = find().filter(({ source }) => source);
    const [{ datastore, group } = {}] = nodeGroups;
    if (!datastore || !group) return;
    const isReachable = nodeGroups.every((each) => this.#fleet.isLinked(each));
    const shards = nodeGroups.flatMap(({ server, source }) => (server ? { old: source?.server, next: server } : []));
    datastore.lastFailover = await moveRole(shards, isReachable, () => {
      datastore.promoted = { id: group.id, region: group.region };
      return this.#reconcile();
    });
    const members = () => this.#fleet.nodeGroups.filter((each) => each.datastore === datastore);
    const isSettled = (each: NodeGroup) => this.#fleet.isLost(each) || this.#fleet.isLinked(each);
    await this.#until(() => members().every(isSettled), relinkMs);
  }

  /** Sets the status of secondaries by their links. After a promotion that the state has, a secondary can be without a link. */
  #followLinks(): void {
    for (const datastore of this.#datastores()) {
      const { promoted, members } = datastore;
      const isPromoted = members.some((each) => each.role === 'PRIMARY' && promoted && isSame(each, promoted));
      if (isPromoted) datastore.promoted = undefined;
      if (isPending(datastore, 'associate')) continue;
      for (const member of members.filter(({ role }) => role === 'SECONDARY')) {
        const isOfMember = (each: NodeGroup) => each.datastore === datastore && isSame(each.group, member);
        const isLinked = this.#fleet.nodeGroups.filter(isOfMember).every((each) => this.#fleet.isLinked(each));
        const wrong = isLinked ? 'associating' : isPromoted ? 'associated' : undefined;
        if (member.status !== wrong) continue;
        member.status = isLinked ? 'associated' : 'associating';
        this.#store.notifyChanged();
      }
    }
  }
}
