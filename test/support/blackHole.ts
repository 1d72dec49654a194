import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const listener = `
  require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
    console.log(this.address().port);
  });`;

/**
 * Starts a server to which every attempt to connect hangs, as to a region that drops every packet. The process of the server is
 * stopped, and its queue is full. Systems other than Linux may refuse the attempts instead.
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
