import type { Socket } from 'node:net';
import { MeasurementError } from '../checklist/errors.ts';
import { networkError } from '../runner/network-errors.ts';
import { type Address, addressText } from './address.ts';

export interface ConnectionLimits {
  /** Aborting closes the connection and rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** Milliseconds that `use` may take in all, connecting included. */
  readonly timeoutMs: number;
}

/**
 * Opens a socket, waits for `readyEvent`, hands it to `use`, and closes it however that ended.
 *
 * @throws MeasurementError with the cause told from the socket's error, or `timed_out`.
 */
export async function withConnection<Connection extends Socket, Result>(
  open: () => Connection,
  readyEvent: 'connect' | 'secureConnect',
  address: Address,
  { signal, timeoutMs }: ConnectionLimits,
  use: (socket: Connection) => Promise<Result> | Result,
): Promise<Result> {
  signal.throwIfAborted();
  const socket = open();
  let fail: (reason: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const target = addressText(address);
  const timer = setTimeout(() => {
    const message = `${target} did not answer within ${timeoutMs / 1000} s. Check that it runs and that no firewall drops the connection, or raise the timeout.`;
    fail(new MeasurementError('timed_out', message, { retryable: true }));
  }, timeoutMs);
  const stop = () => fail(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  socket.on('error', (cause) => fail(networkError(cause, target)));
  socket.once('close', () => {
    fail(new MeasurementError('bad_response', `${target} closed the connection before it answered.`, { retryable: true }));
  });
  try {
    const ready = new Promise<void>((resolve) => socket.once(readyEvent, () => resolve()));
    return await Promise.race([ready.then(() => use(socket)), failed]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    socket.destroy();
  }
}
