import { setTimeout as sleep } from 'node:timers/promises';
import { LagRecord } from '../cloudWatch/lagRecord.ts';
import { delayBetween } from '../protocol/regionDistances.ts';
import type { LinkSetting } from '../state/dataPlane.ts';
import type { Store } from '../state/store.ts';
import { type Cluster, openClusterFront } from './clusterFront.ts';
import { startGuard } from './guard.ts';
import { delayStream } from './link.ts';
import { openPort, type Route } from './port.ts';
import { Server } from './server.ts';
import type { Target } from './targets.ts';

/** A node group of a replication group. */
export interface NodeGroup extends Target {
  /** The node group that it replicates, if it is not a primary. */
  source?: NodeGroup | undefined;
  /** Undefined before its start and until a restart. */
  server?: Server | undefined;
  /** The measured lag of a secondary. */
  readonly lag: LagRecord;
}

/** The servers of all node groups, the links between them, and the ports that clients connect to. */
export class Fleet {
  readonly lostRegions = new Set<string>();
  readonly #store: Store;
  readonly #program: string;
  readonly #report: (message: string) => void;
  readonly #guard = startGuard();
  readonly #settings = new Map<string, LinkSetting>();
  #nodeGroups = new Map<string, NodeGroup>();

  /** `program` runs the servers. */
  constructor(store: Store, program: string, report: (message: string) => void) {
    this.#store = store;
    this.#program = program;
    this.#report = report;
  }

  get nodeGroups(): NodeGroup[] {
    return [...this.#nodeGroups.values()];
  }

  isLost({ group }: NodeGroup): boolean {
    return this.lostRegions.has(group.region);
  }

  /** Returns whether a node group has its data and its role. */
  isSettled(nodeGroup: NodeGroup): boolean {
    const { isReady, report } = nodeGroup.server ?? {};
    return this.isLost(nodeGroup) || (isReady === true && (report?.sourcePort === undefined) === !nodeGroup.sourceKey);
  }

  /** Returns whether a node group replicates its source now, if it has one. */
  isLinked(nodeGroup: NodeGroup): boolean {
    const { sourceKey, source, server } = nodeGroup;
    if (!sourceKey) return true;
    const isInSync = server?.report?.isLinkUp === true && server.report.stream === source?.server?.report?.stream;
    return isInSync && !this.linkOf(nodeGroup).isSilent;
  }

  /** Returns the delay and the state of the link to the source. */
  linkOf({ group, source }: NodeGroup) {
    const regions = [(source?.group ?? group).region, group.region] as const;
    const { delayMs = delayBetween(...regions), isCut = false } = this.#settings.get(nameOf(regions)) ?? {};
    return { delayMs, isCut, isSilent: regions.some((region) => this.lostRegions.has(region)) };
  }

  /** Changes the links between two regions, in both directions. */
  setLink(regions: readonly string[], setting: LinkSetting): void {
    this.#settings.set(nameOf(regions), { ...this.#settings.get(nameOf(regions)), ...setting });
    for (const nodeGroup of this.nodeGroups) if (this.linkOf(nodeGroup).isCut) nodeGroup.server?.link.drop();
  }

  /** Restores all links and regions. */
  reset(): void {
    this.#settings.clear();
    for (const region of this.lostRegions) void this.setLost(region, false);
  }

  /**
   * Stops or resumes the servers and links of a region. The last reports have each write that was confirmed before.
   * Links that were silent have lost data: they are reconnected.
   */
  async setLost(region: string, isLost: boolean): Promise<void> {
    const there = this.nodeGroups.filter(({ group }) => group.region === region);
    const linked = this.nodeGroups.filter(({ source }) => source?.group.region === region);
    if (isLost) await Promise.allSettled(there.map(({ server }) => server?.holdWrites(1_000)));
    if (isLost) this.lostRegions.add(region);
    else this.lostRegions.delete(region);
    for (const { server } of there) server?.process.kill(isLost ? 'SIGSTOP' : 'SIGCONT');
    if (!isLost) for (const { server } of [...there, ...linked]) server?.link.drop();
  }

  /** Starts and ends servers, reads them, sets their roles, and opens and closes ports. Lost regions are not changed. */
  async reconcile(targets: readonly Target[]): Promise<void> {
    this.#setTargets(targets);
    await this.#forReachable((nodeGroup) => this.#ensureRunning(nodeGroup));
    await this.#forReachable(({ sourceKey, server }) => (sourceKey ? undefined : server?.replicate(undefined)));
    await this.#forReachable((nodeGroup) => this.#ensureLinked(nodeGroup));
    for (const { ports, server } of this.nodeGroups) server?.closePorts((name) => !ports.has(name));
    for (const nodeGroup of this.nodeGroups) await this.#ensureOpen(nodeGroup);
  }

  /** Ends all servers, also one that `running` starts. */
  async close(running: Promise<void>): Promise<void> {
    this.#setTargets([]);
    await running;
    await this.#guard.close();
  }

  #setTargets(targets: readonly Target[]): void {
    const before = this.#nodeGroups;
    const update = (target: Target) => Object.assign(before.get(target.key) ?? { lag: new LagRecord() }, target);
    this.#nodeGroups = new Map(targets.map((target) => [target.key, update(target)]));
    for (const nodeGroup of this.nodeGroups) nodeGroup.source = this.#nodeGroups.get(nodeGroup.sourceKey ?? '');
    for (const [key, { server }] of before) if (!this.#nodeGroups.has(key)) server?.process.kill('SIGKILL');
  }

  /** Runs a step for each node group whose region is not lost. The next `reconcile` retries a failed step. */
  async #forReachable(step: (nodeGroup: NodeGroup) => Promise<void> | undefined): Promise<void> {
    const steps = this.nodeGroups.filter((nodeGroup) => !this.isLost(nodeGroup)).map(step);
    const report = ({ message }: Error) => this.#report(`${message}. It is tried again.`);
    await Promise.all(steps.map((promise) => promise?.catch(report)));
  }

  async #ensureRunning(nodeGroup: NodeGroup): Promise<void> {
    const server = nodeGroup.server ?? (await this.#start(nodeGroup));
    await server.read();
    await server.setDigests(nodeGroup.digests);
    if (!server.isReady && !nodeGroup.sourceKey) await this.#recover(nodeGroup, server);
    server.isReady = true;
  }

  async #start(nodeGroup: NodeGroup): Promise<Server> {
    const link = await openPort(0, () => this.#routeOverLink(nodeGroup));
    nodeGroup.server = new Server(this.#program, this.#guard, link, () => {
      const { key, group } = nodeGroup;
      nodeGroup.server = undefined;
      if (this.#nodeGroups.get(key) !== nodeGroup) return;
      this.#report(`the server of ${group.id} in ${group.region} has ended. It is started again.`);
    });
    return nodeGroup.server;
  }

  /** Copies the data of a secondary to a primary that was restarted. */
  async #recover(primary: NodeGroup, server: Server): Promise<void> {
    const secondaries = this.nodeGroups.filter((each) => each.source === primary && !this.isLost(each));
    const secondary = secondaries.find((each) => each.server?.wasInSync)?.server;
    if (!secondary) return;
    await secondary.replicate(undefined);
    await server.replicate(secondary.port);
    for (let tries = 0; !(await server.read()).isLinkUp; tries++) {
      if (tries === 250) throw new Error(`the server at port ${server.port} does not replicate`);
      await sleep(20);
    }
    await server.replicate(undefined);
  }

  /** Starts the replication of a secondary, over a new connection if it replicates another server, and measures its lag. */
  async #ensureLinked({ server, source, lag }: NodeGroup): Promise<void> {
    if (!source || !server) return;
    await server.replicate(server.link.port);
    const primary = source.server;
    if (!server.report || !primary?.report) return;
    if (server.report.isLinkUp && server.report.stream !== primary.report.stream) server.link.drop();
    if (server.wasInSync) lag.add(Date.now(), primary.history.lagAt(server.report.offset, Date.now()));
  }

  /** Returns the route from a secondary to its source. */
  #routeOverLink(nodeGroup: NodeGroup): Route | undefined {
    const primary = nodeGroup.source?.server;
    const link = () => this.linkOf(nodeGroup);
    if (!primary?.isReady || link().isCut) return undefined;
    return { port: primary.port, to: [delayStream(link)], back: [delayStream(link)] };
  }

  /** Opens the ports that the state has, or free ones, which are then stored in the state. */
  async #ensureOpen(nodeGroup: NodeGroup): Promise<void> {
    const { group, ports, server } = nodeGroup;
    for (const [name, owner] of ports) {
      if (!server?.isReady || server.ports.has(name)) continue;
      const before = owner.ports?.[name];
      const cluster = () => this.#clusterOf(nodeGroup);
      const port = await (group.clusterEnabled ? openClusterFront(before, cluster) : openPort(before, () => server));
      if (nodeGroup.server !== server) return port.close(); // it has ended
      server.ports.set(name, port);
      if (port.port === before) continue;
      owner.ports = { ...owner.ports, [name]: port.port };
      this.#store.notifyChanged();
      if (before) this.#report(`port ${before} of ${owner.id} is in use. It has another one now.`);
    }
  }

  /** Returns the shards of the group of a node group, as they are now. */
  #clusterOf({ group, nodeGroupId }: NodeGroup): Cluster | undefined {
    const siblings = this.nodeGroups.filter((each) => each.group === group);
    const shards = group.shards.flatMap(({ id, slots }) => {
      const [port, server] = [group.ports?.[id], siblings.find((each) => each.nodeGroupId === id)?.server];
      return port && server ? { id, slots, port, serverPort: server.port } : [];
    });
    const own = shards.find(({ id }) => id === nodeGroupId) ?? shards[0];
    return own && { own, shards };
  }
}

const nameOf = (regions: readonly string[]): string => regions.toSorted().join(' ');
