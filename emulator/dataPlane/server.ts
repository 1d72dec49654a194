import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Guard } from './guard.ts';

/** The user of the data plane in each server. Clients have the user `default`. */
const user = 'data-plane';
const password = randomBytes(24).toString('hex');

/** The commands that ElastiCache does not offer to clients (ElastiCache user guide, "Restricted commands"). */
const restricted =
  '-acl -bgrewriteaof -bgsave -config -debug -failover -migrate -psync -replicaof -save -shutdown -slaveof -sync';

/** What a server reports of its replication and its data. */
export interface Report {
  readonly isLinkUp: boolean;
  /** The position in the stream of changes. */
  readonly offset: number;
  /** The number of changes since the start. */
  readonly changes: number;
  readonly keys: number;
}

/** One process of Valkey or Redis OSS, on 127.0.0.1, without persistence. */
export class Server {
  readonly port: number;
  /** The key of the server that it replicates. Undefined for a primary. */
  source: string | undefined;
  /** Whether others may replicate it: it has its data. */
  isReady = false;
  /** Whether it has had the data of its primary. */
  wasInSync = false;
  report: Report | undefined;
  #access: string;
  readonly #child;
  readonly #client;

  /** `digests` are those of the valid AUTH tokens. An empty one stands for access without a token. */
  constructor(path: string, guard: Guard, port: number, digests: readonly string[], onExit: () => void) {
    this.port = port;
    this.#access = accessOf(digests);
    this.#child = spawn(path, ['-'], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    guard.add(this.pid);
    this.#child.stdin.on('error', () => {}).end(configurationOf(port, guard.folder, this.#access));
    this.#child.unref();
    this.#client = new Redis(port, '127.0.0.1', {
      username: user,
      password,
      retryStrategy: () => 20,
      maxRetriesPerRequest: null,
      commandTimeout: 2_000,
      enableReadyCheck: false,
    });
    this.#client.on('error', () => {}); // it connects again
    this.#child.once('exit', () => {
      guard.remove(this.pid);
      this.#client.disconnect();
      onExit();
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Runs a command as the user of the data plane. */
  call(command: string, ...args: string[]): Promise<unknown> {
    return this.#client.call(command, ...args);
  }

  /** Waits until it responds. @throws Error if it ends before that */
  async started(): Promise<void> {
    const ended = once(this.#child, 'exit').then(() => {
      throw new Error(`a server could not start at port ${this.port}`);
    });
    await Promise.race([this.call('PING'), ended]);
  }

  kill(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
    this.#child.kill(signal);
  }

  async read(): Promise<Report> {
    const sections = ['replication', 'persistence', 'keyspace'];
    const text = (await Promise.all(sections.map((section) => this.call('INFO', section)))).join('\r\n');
    const field = (name: string) => text.match(new RegExp(`^${name}:(.*)\r$`, 'm'))?.[1];
    const isPrimary = field('role') === 'master';
    const isLinkUp = field('master_link_status') === 'up';
    this.wasInSync ||= isLinkUp;
    this.report = {
      isLinkUp,
      offset: Number(field(isPrimary ? 'master_repl_offset' : 'slave_repl_offset')),
      changes: Number(field('rdb_changes_since_last_save')),
      keys: Number(text.match(/^db0:keys=(\d+)/m)?.[1] ?? 0),
    };
    return this.report;
  }

  /** Lets clients in with these tokens only, if there are any. Connections that are open remain. */
  async setDigests(digests: readonly string[]): Promise<void> {
    const access = accessOf(digests);
    if (access === this.#access || digests.length === 0) return;
    await this.call('ACL', 'SETUSER', 'default', 'reset', ...access.split(' '));
    this.#access = access;
  }

  /** Replicates the server `source` over a local port. Without a port it becomes a primary. */
  async replicate(port?: number, source?: string): Promise<void> {
    await this.call('REPLICAOF', ...(port === undefined ? ['NO', 'ONE'] : ['127.0.0.1', `${port}`]));
    this.source = source;
    this.report = undefined;
  }

  /** Waits for the data of its source. @throws Error after 5 s */
  async linked(): Promise<void> {
    for (let tries = 0; !(await this.read()).isLinkUp; tries++) {
      if (tries === 250) throw new Error(`the server at port ${this.port} does not replicate`);
      await sleep(20);
    }
  }
}

function accessOf(digests: readonly string[]): string {
  const passwords = digests.includes('') ? ['nopass'] : digests.map((digest) => `#${digest}`);
  return ['on', ...passwords, '~* &* +@all', restricted].join(' ');
}

const configurationOf = (port: number, folder: string, access: string): string => `
bind 127.0.0.1
port ${port}
protected-mode no
dir ${folder}
dbfilename ${port}.rdb
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
user default ${access}
`;
