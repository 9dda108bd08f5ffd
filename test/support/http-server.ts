import { createServer, type RequestListener } from 'node:http';
import type { Server, Socket } from 'node:net';

export interface Listening {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** An HTTP server on a free port of the loopback interface. */
export function httpServer(listener: RequestListener): Promise<Listening> {
  return listen(createServer(listener), 'http');
}

/** Lets any server listen on a free port of the loopback interface; closing it closes its connections too. */
export function listen(server: Server, scheme: string): Promise<Listening> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const close = () =>
        new Promise<void>((closed) => {
          server.close(() => closed());
          for (const socket of sockets) socket.destroy();
        });
      resolve({ url: `${scheme}://127.0.0.1:${port}`, port, close });
    });
  });
}
