import { createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { withSession } from '../../../src/database/client.ts';
import { requireSupportedServer } from '../../../src/database/safety/supported.ts';
import { testPorts } from '../../support/ports.ts';

const message = (type: string, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};
const int16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255]);
const int32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
};
const ready = message('Z', Buffer.from('I'));

/** Speaks as much of the protocol as it takes to be asked for a version: no old server can be installed everywhere. */
function answer(socket: Socket, version: string): void {
  let started = false;
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    if (!started) {
      // SSLRequest.
      if (chunk.length === 8) return void socket.write('N');
      started = true;
      socket.write(Buffer.concat([message('R', int32(0)), ready]));
      return;
    }
    if (!chunk.includes(Buffer.from('server_version_num'))) return;
    const column = Buffer.concat([Buffer.from('number\0'), int32(0), int16(0), int32(25), int16(-1), int32(-1), int16(0)]);
    const value = Buffer.from(version);
    socket.write(
      Buffer.concat([
        message('1'),
        message('2'),
        message('T', int16(1), column),
        message('D', int16(1), int32(value.length), value),
        message('C', Buffer.from('SELECT 1\0')),
        ready,
      ]),
    );
  });
}

async function ask(version: string): Promise<void> {
  const server = createServer((socket) => answer(socket, version));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { secrets } = testPorts();
  try {
    await withSession(`postgresql://app:a-pass-word@127.0.0.1:${port}/shop`, { secrets }, requireSupportedServer);
  } finally {
    server.close();
  }
}

test('PostgreSQL 12 and newer are supported', async () => {
  await expect(ask('120022')).resolves.toBeUndefined();
  await expect(ask('180001')).resolves.toBeUndefined();
});

test('an older one is refused, with the oldest that is supported and what to do', async () => {
  await expect(ask('110022')).rejects.toMatchObject({
    reason: 'unsupported',
    message: expect.stringMatching(/^127\.0\.0\.1:\d+\/shop is PostgreSQL 11; PostgreSQL 12 and newer .* Upgrade the server/),
  });
});
