import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Guard } from './guard.ts';
import { History } from './history.ts';
import { host, type Port } from './port.ts';

/** The user of the data plane in each server. Clients have the user `default`. */
const user = 'data-plane';
const password = randomBytes(24).toString('hex');

/** The commands that ElastiCache does not offer to clients (ElastiCache user guide, "Restricted commands"). */
const restricted =
  '-acl -bgrewriteaof -bgsave -config -debug -failover -migrate -psync -replicaof -save -shutdown -slaveof -sync';

export type Report = Awaited<ReturnType<Server['read']>>;

/** One process of Valkey or Redis OSS, on 127.0.0.1, without persistence. */
export class Server {
  /** The process ends if the port is in use. Its successor has another port. */
  readonly port = randomInt(10_000, 32_000);
  /** The port over which it replicates. */
  readonly link: Port;
  /** The ports that clients connect to, by name. */
  readonly ports = new Map<string, Port>();
  readonly history = new History();
  report: Report | undefined;
  /** Whether it has its data. Other connections are refused before. */
  isReady = false;
  /** Whether it has had the data of its primary. */
  wasInSync = false;
  #access = '';
  readonly process: ChildProcess;
  /** Runs commands as the user of the data plane. They are rejected if the process ends. */
  readonly client: Redis;

  /** Starts the program. Until `setDigests` only the data plane has access. */
  constructor(program: string, guard: Guard, link: Port, onExit: () => void) {
    this.link = link;
    const child = spawn(program, ['-'], { cwd: guard.folder, detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    guard.add(child);
    child.stdin.on('error', () => {}).end(configurationOf(this.port));
    child.unref();
    child.once('exit', () => {
      this.client.disconnect();
      link.close();
      this.closePorts(() => true);
      onExit();
    });
    this.process = child;
    const options = { username: user, password, commandTimeout: 2_000, enableReadyCheck: false };
    this.client = new Redis(this.port, host, { ...options, retryStrategy: () => 20, maxRetriesPerRequest: null });
    this.client.on('error', () => {}); // it reconnects
  }

  /** Closes the ports whose name `isMeant` selects. */
  closePorts(isMeant: (name: string) => boolean): void {
    for (const [name, port] of [...this.ports].filter(([name]) => isMeant(name))) {
      port.close();
      this.ports.delete(name);
    }
  }

  async read() {
    const text = await this.client.info();
    const field = (name: string) => text.match(new RegExp(`^${name}:(.*)\r$`, 'm'))?.[1];
    const sourcePort = field('master_port');
    const report = {
      time: Date.now(),
      /** The port over which it replicates. Undefined for a primary. */
      sourcePort: sourcePort ? Number(sourcePort) : undefined,
      isLinkUp: field('master_link_status') === 'up',
      /** The id of its stream of changes: a secondary has that of its primary. */
      stream: field('master_replid'),
      /** The position in the stream. */
      offset: Number(field('slave_repl_offset') ?? field('master_repl_offset')),
      /** The number of changes since the start. */
      changes: Number(field('rdb_changes_since_last_save')),
      keys: Number(field('db0')?.match(/^keys=(\d+)/)?.[1] ?? 0),
    };
    this.history.add(report);
    this.wasInSync ||= report.isLinkUp;
    this.report = report;
    return report;
  }

  /** Pauses writes for `ms`, then reads the server, so that the report includes each confirmed write. */
  async holdWrites(ms: number): Promise<void> {
    await this.client.call('CLIENT', 'PAUSE', ms, 'WRITE');
    await this.read();
  }

  /** Sets the digests of the valid tokens. An empty one is access without a token. Open connections remain. */
  async setDigests(digests: readonly string[]): Promise<void> {
    const passwords = digests.includes('') ? ['nopass'] : digests.map((digest) => `#${digest}`);
    const access = ['on', ...passwords, '~* &* +@all', restricted].join(' ');
    if (access === this.#access || digests.length === 0) return;
    await this.client.call('ACL', 'SETUSER', 'default', 'reset', ...access.split(' '));
    this.#access = access;
  }

  /** Replicates the server behind a local port. Without a port it becomes a primary. */
  async replicate(port: number | undefined): Promise<void> {
    if (this.report?.sourcePort === port) return;
    await this.client.call('REPLICAOF', ...(port === undefined ? ['NO', 'ONE'] : [host, `${port}`]));
    await this.read();
  }
}

const configurationOf = (port: number): string => `
bind ${host}
port ${port}
protected-mode no
save ""
appendonly no
repl-diskless-sync yes
repl-diskless-sync-delay 0
repl-diskless-load swapdb
repl-ping-replica-period 1
repl-timeout 5
masteruser ${user}
masterauth ${password}
user ${user} on #${createHash('sha256').update(password).digest('hex')} ~* &* +@all
user default off
`;
