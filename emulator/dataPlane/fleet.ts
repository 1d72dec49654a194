import { delayBetween } from '../protocol/regionDistances.ts';
import type { LinkSetting } from '../state/dataPlane.ts';
import type { Store } from '../state/store.ts';
import { startGuard } from './guard.ts';
import { type Conditions, type Link, openLink } from './link.ts';
import { keepPort, type PortOwner, releasePort, takePort } from './ports.ts';
import { Server } from './server.ts';
import type { Target } from './targets.ts';

/** The time before a server that could not start is started again, in milliseconds. */
const restartMs = 500;

interface FleetOptions {
  /** The program of the servers. */
  readonly path: string;
  readonly report: (message: string) => void;
  /** Is called after a server has ended by itself. The next `reconcile` starts it again. */
  readonly onExit: () => void;
}

type Pair = readonly [from: string, to: string];

/** The servers, and the links between them. */
export class Fleet {
  readonly lostRegions = new Set<string>();
  targets: readonly Target[] = [];
  readonly #options: FleetOptions;
  readonly #guard = startGuard();
  readonly #servers = new Map<string, Server>();
  readonly #links = new Map<string, Link>();
  readonly #settings = new Map<string, LinkSetting>();

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  find(key: string): Server | undefined {
    return this.#servers.get(key);
  }

  findReachable(key: string): Server | undefined {
    return this.targets.some((each) => each.key === key && !this.isLost(each)) ? this.find(key) : undefined;
  }

  isLost({ group }: Target): boolean {
    return this.lostRegions.has(group.region);
  }

  /** Returns whether a server has its data, and replicates the right source. */
  isSettled(target: Target): boolean {
    const server = this.find(target.key);
    return this.isLost(target) || (server?.isReady === true && server.source === target.source);
  }

  /** Returns whether a server replicates its source now. */
  isLinked({ key, source }: Target): boolean {
    return source === undefined || this.findReachable(key)?.report?.isLinkUp === true;
  }

  conditionsBetween(...pair: Pair): Conditions {
    const { delayMs = delayBetween(...pair), isCut = false } = this.#settings.get(nameOf(pair)) ?? {};
    return { delayMs, isCut, isSilent: pair.some((region) => this.lostRegions.has(region)) };
  }

  /** Changes the links between two regions, in both directions. */
  setLink(pair: Pair, setting: LinkSetting): void {
    this.#settings.set(nameOf(pair), { ...this.#settings.get(nameOf(pair)), ...setting });
    this.updateLinks();
  }

  resetLinks(): void {
    this.#settings.clear();
    this.updateLinks();
  }

  updateLinks(): void {
    for (const link of this.#links.values()) link.update();
  }

  /** Starts, ends and connects servers. Those of lost regions stay as they are. */
  async reconcile(targets: readonly Target[]): Promise<void> {
    this.targets = targets;
    for (const key of this.#servers.keys()) if (!targets.some((target) => target.key === key)) this.#stop(key);
    const reachable = targets.filter((target) => !this.isLost(target));
    await Promise.all(reachable.map((target) => this.#ensureRunning(target)));
    await Promise.all(reachable.filter(({ source }) => !source).map(({ key }) => this.#ensurePrimary(key)));
    await Promise.all(reachable.filter(({ source }) => source).map((target) => this.#ensureReplica(target)));
  }

  /** Returns the port of the owner, which stays in the state. */
  keepPort(store: Store, owner: PortOwner, name: string): Promise<number> {
    return keepPort(owner, name, (before) => {
      if (before) this.#options.report(`port ${before} of ${owner.id} is in use. It has another one now.`);
      store.notifyChanged();
    });
  }

  /** Ends all servers. */
  async close(): Promise<void> {
    for (const key of this.#servers.keys()) this.#stop(key);
    await this.#guard.close();
  }

  #stop(key: string): void {
    const server = this.#servers.get(key);
    this.#servers.delete(key);
    this.#unlink(key);
    server?.kill('SIGKILL');
    if (server) releasePort(server.port);
  }

  #unlink(key: string): void {
    this.#links.get(key)?.close();
    this.#links.delete(key);
  }

  async #ensureRunning(target: Target): Promise<void> {
    const { key, store, group, nodeGroupId, digests, source } = target;
    const running = this.#servers.get(key);
    if (running) return running.setDigests(digests);
    const port = group.clusterEnabled ? await takePort() : await this.keepPort(store, group, nodeGroupId);
    const server = new Server(this.#options.path, this.#guard, port, digests, () => this.#forget(target, server));
    this.#servers.set(key, server);
    await server.started();
    if (!source) await this.#recover(key, server);
    server.isReady = true;
  }

  #forget({ key, group, nodeGroupId }: Target, server: Server): void {
    if (this.#servers.get(key) !== server) return;
    this.#stop(key);
    if (!server.isReady && !group.clusterEnabled) delete group.ports?.[nodeGroupId]; // another program may have taken it
    this.#options.report(`the server of ${group.id} in ${group.region} has ended. It is started again.`);
    setTimeout(this.#options.onExit, server.isReady ? 0 : restartMs).unref();
  }

  /** Gives a primary that was started again the data of a secondary. */
  async #recover(key: string, server: Server): Promise<void> {
    const secondaries = this.targets.filter(({ source }) => source === key).map((each) => this.findReachable(each.key));
    const secondary = secondaries.find((each) => each?.wasInSync);
    if (!secondary) return;
    await secondary.replicate();
    await server.replicate(secondary.port);
    await server.linked();
    await server.replicate();
  }

  async #ensurePrimary(key: string): Promise<void> {
    const server = this.#servers.get(key);
    if (server?.source === undefined) return;
    await server.replicate();
    this.#unlink(key);
  }

  async #ensureReplica({ key, group, source = '' }: Target): Promise<void> {
    const server = this.#servers.get(key);
    if (!server || server.source === source) return;
    this.#unlink(key);
    const from = this.targets.find((target) => target.key === source)?.group.region ?? '';
    const primaryPort = () => (this.find(source)?.isReady ? this.find(source)?.port : undefined);
    const link = await openLink(0, primaryPort, () => this.conditionsBetween(from, group.region));
    this.#links.set(key, link);
    await server.replicate(link.port, source);
  }
}

const nameOf = (pair: Pair): string => pair.toSorted().join(' ');
