import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';

export interface RunningServer {
  readonly url: string;
  /** Requests (or connections, for a raw server) that arrived so far. */
  readonly arrived: number;
  stop(): Promise<void>;
}

/** A real HTTP server on a free port of loopback. */
export async function httpServer(answer: RequestListener): Promise<RunningServer> {
  let arrived = 0;
  const server = createHttpServer((request, response) => {
    arrived += 1;
    answer(request, response);
  });
  server.keepAliveTimeout = 0;
  return running(server, () => arrived);
}

/** A server that answers bytes of its own to each connection's data. */
export async function rawServer(answer: (socket: Socket) => void): Promise<RunningServer> {
  let arrived = 0;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => {
      arrived += 1;
      answer(socket);
    });
  });
  return running(server, () => arrived);
}

/** A port of loopback on which nothing listens. */
export async function deadUrl(): Promise<string> {
  const server = await httpServer(() => {});
  await server.stop();
  return server.url;
}

async function running(server: Server, arrived: () => number): Promise<RunningServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    get arrived() {
      return arrived();
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
