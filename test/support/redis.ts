import { connect } from 'node:net';
import { childServer } from './child-server.ts';
import { freePort } from './free-port.ts';
import { temporaryFolder } from './ports.ts';

export interface RedisServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** A Redis server on a free port, with nothing in it and nothing on disk. */
export async function redisServer(...options: readonly string[]): Promise<RedisServer> {
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', temporaryFolder(), ...options];
  const { stop } = await childServer('redis-server', args, () => accepts(port));
  return { port, stop };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
