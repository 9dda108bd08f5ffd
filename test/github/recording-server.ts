import type { IncomingMessage } from 'node:http';
import { httpServer, type Listening } from '../support/http-server.ts';

export interface Recorded {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** The JSON body's fields; empty when there was none. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** `reset` breaks the connection, `hang` never answers. */
export type Answer =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly json?: unknown;
      readonly text?: string;
    }
  | 'reset'
  | 'hang';

export interface RecordingServer extends Listening {
  readonly requests: Recorded[];
  /** `POST /repos/o/r/check-runs`. */
  readonly routes: readonly string[];
}

/** Answers each request as the function says, in the order of arrival, and keeps what it was sent. */
export async function recordingServer(answer: (request: Recorded, nth: number) => Answer): Promise<RecordingServer> {
  const requests: Recorded[] = [];
  const server = await httpServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      const text = Buffer.concat(chunks).toString();
      const parsed: unknown = text === '' ? {} : JSON.parse(text);
      const body = typeof parsed === 'object' && parsed !== null ? Object.fromEntries(Object.entries(parsed)) : {};
      const recorded = {
        method: request.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body,
      };
      requests.push(recorded);
      const given = answer(recorded, requests.length);
      if (given === 'hang') return;
      if (given === 'reset') {
        request.socket.destroy();
        return;
      }
      const type = given.text === undefined ? 'application/json; charset=utf-8' : 'application/vnd.github.raw; charset=utf-8';
      response.writeHead(given.status, { 'content-type': type, ...given.headers });
      response.end(given.text ?? JSON.stringify(given.json ?? {}));
    });
  });
  return {
    ...server,
    requests,
    get routes() {
      return requests.map(({ method, path }) => `${method} ${path}`);
    },
  };
}
