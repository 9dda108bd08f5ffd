import type { Client } from 'autocannon';
import { call, numberOf, objectOf } from './internals.ts';
import type { ConnectionFault } from './recording.ts';

/** What became of the requests of one connection. */
export interface Fates {
  answered(status: number, bytes: number, milliseconds: number): void;
  timedOut(): void;
  faulted(fault: ConnectionFault): void;
}

export interface Connection {
  /** Sends nothing more; a request that is on its way is still waited for. */
  drain(): void;
  /** Closes at once. */
  destroy(): void;
}

/** An answer's head as http-parser-js gives it. */
interface Head {
  readonly statusCode: number;
  readonly versionMinor: number;
  /** Names and values in turn. */
  readonly headers: readonly string[];
}

/**
 * Watches one of autocannon's connections and tells the fate of each of its requests.
 *
 * autocannon 8.0.0 counts answers and errors only. A request on a connection that the server closes vanishes; after any such
 * loss its own times are those of the request before, and its parser takes the next answer for the rest of the last one. An
 * answer without a length (HTTP/1.0, 204) never ends for it. What it writes to a connection after `Connection: close`
 * (gunicorn's sync workers) never was a request. Here time is taken from the request's event to its answer's, of which there
 * is one at a time, and what a lost request leaves behind is cleared.
 */
export function watchConnection(client: Client, timeoutMs: number, fates: Fates): Connection {
  /** When the request on its way was sent. */
  let sentAt: number | undefined;
  /** The request on its way was written to a connection that the server closes: it will be sent again. */
  let stillborn = false;
  let closing = false;
  /** A request was given up for a new one; if it was a timeout, autocannon says so after the new one has been sent. */
  let replaced: 'request' | 'stillborn' | undefined;
  let socket: object | undefined;
  let destroyed = false;

  const settleReplaced = () => {
    if (replaced === 'request') fates.faulted('closed');
    replaced = undefined;
  };
  const forget = () => {
    sentAt = undefined;
    stillborn = false;
  };

  const events: NodeJS.EventEmitter = client;
  // Emitted when a head is complete, before the parser decides how the body ends.
  events.on('headers', (given: unknown) => {
    const head = headOf(given);
    closing = head !== undefined && closesAfter(head);
    if (head !== undefined && hasNoBody(head.statusCode)) setParser(client, 'body_bytes', 0);
  });
  events.on('request', () => {
    if (sentAt !== undefined) {
      replaced = stillborn ? 'stillborn' : 'request';
      queueMicrotask(settleReplaced);
      clearLeftovers(client);
    }
    socket = endBodiesAtClose(client, socket);
    sentAt = performance.now();
    stillborn = closing;
    closing = false;
    if (stillborn) uncount(client);
  });
  events.on('response', (status: number, bytes: number) => {
    if (sentAt !== undefined) fates.answered(status, bytes, performance.now() - sentAt);
    forget();
  });
  events.on('timeout', () => {
    if (replaced !== undefined) {
      if (replaced === 'request') fates.timedOut();
      replaced = undefined;
      return;
    }
    // An idle connection times out too; a request that was sent just now has not.
    if (sentAt === undefined || performance.now() - sentAt < timeoutMs * 0.9) return;
    if (!stillborn) fates.timedOut();
    forget();
    clearLeftovers(client);
  });
  events.on('connError', (error: unknown) => {
    if (sentAt !== undefined && !stillborn) fates.faulted(faultOf(error));
    clearLeftovers(client);
    forget();
    closing = false;
  });
  events.on('done', () => {
    // When it was a timeout, autocannon says so right after this.
    queueMicrotask(() => {
      if (sentAt !== undefined && !stillborn && !destroyed) fates.faulted('closed');
      forget();
    });
  });

  return {
    drain() {
      if (sentAt === undefined || stillborn) call(client, 'destroy');
      else Reflect.set(client, 'responseMax', 1);
    },
    destroy() {
      destroyed = true;
      call(client, 'destroy');
    },
  };
}

function headOf(given: unknown): Head | undefined {
  const head = objectOf(given);
  const headers: unknown = head && Reflect.get(head, 'headers');
  if (head === undefined || !Array.isArray(headers)) return undefined;
  return {
    statusCode: numberOf(head, 'statusCode') ?? 0,
    versionMinor: numberOf(head, 'versionMinor') ?? 1,
    headers: headers.map(String),
  };
}

const hasNoBody = (status: number): boolean => status === 204 || status === 304;

/** Whether the server closes the connection after this answer: it says so, or the answer ends nowhere else (RFC 9112, 6.3 and 9.3). */
function closesAfter({ statusCode, versionMinor, headers }: Head): boolean {
  const header = (name: string): string =>
    headers
      .flatMap((given, at) => (at % 2 === 0 && given.toLowerCase() === name ? [headers[at + 1] ?? ''] : []))
      .join(',')
      .toLowerCase();
  const connection = header('connection');
  if (connection.includes('close')) return true;
  if (versionMinor === 0 && !connection.includes('keep-alive')) return true;
  return !hasNoBody(statusCode) && header('content-length') === '' && !header('transfer-encoding').includes('chunked');
}

/** Lets an answer whose body ends with its connection end there: autocannon itself does not tell its parser. */
function endBodiesAtClose(client: Client, known: object | undefined): object | undefined {
  const socket = objectOf(Reflect.get(client, 'conn'));
  if (socket === undefined || socket === known) return socket;
  call(socket, 'prependListener', 'end', () => {
    const parser = objectOf(Reflect.get(client, 'parser'));
    if (parser) call(parser, 'finish');
  });
  return socket;
}

/** Takes back autocannon's count of the request that it is about to write, so that it is sent again on a new connection. */
function uncount(client: Client): void {
  for (const counter of ['reqsMade', 'reqsMadeThisSecond']) {
    const count = numberOf(client, counter);
    if (count !== undefined) Reflect.set(client, counter, count - 1);
  }
}

function clearLeftovers(client: Client): void {
  const queue = objectOf(Reflect.get(client, 'pipelinedRequests'));
  if (queue) call(queue, 'clear');
  const parser = objectOf(Reflect.get(client, 'parser'));
  if (parser) call(parser, 'reinitialize', 'RESPONSE');
}

function setParser(client: Client, property: string, value: number): void {
  const parser = objectOf(Reflect.get(client, 'parser'));
  if (parser) Reflect.set(parser, property, value);
}

const FAULTS: Readonly<Record<string, ConnectionFault>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ENOTFOUND: 'host not found',
  EAI_AGAIN: 'host not found',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ETIMEDOUT: 'unreachable',
  EPROTO: 'TLS',
};

/** A host with several addresses gives an AggregateError, which has the code of the first. */
function faultOf(error: unknown): ConnectionFault {
  const found = objectOf(error);
  const code = String((found && Reflect.get(found, 'code')) ?? '');
  return FAULTS[code] ?? (/^ERR_(SSL|TLS)|CERT/.test(code) ? 'TLS' : 'other');
}
