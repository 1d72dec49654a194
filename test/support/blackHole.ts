import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const listener = `
  require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
    console.log(this.address().port);
  });`;

/**
 * An address that swallows every attempt to connect, as a region does that is cut off: a server that was stopped, with a full
 * queue. As Linux has it; elsewhere the attempts may be refused instead.
 */
export async function startBlackHole(): Promise<{ url: string; close: () => void }> {
  const server = spawn(process.execPath, ['-e', listener], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(server.stdout, 'data')) as [Buffer];
  server.kill('SIGSTOP');
  const queue: Socket[] = Array.from({ length: 8 }, () => connect(Number(port), '127.0.0.1').on('error', () => {}));
  await new Promise((resolve) => setTimeout(resolve, 100));
  return {
    url: `http://127.0.0.1:${Number(port)}`,
    close() {
      for (const socket of queue) socket.destroy();
      server.kill('SIGKILL');
    },
  };
}
