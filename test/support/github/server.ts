import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { httpServer } from '../http-server.ts';
import { type Fault, takeFault } from './faults.ts';
import { describeEntries, type LogEntry } from './journal.ts';
import { rateCounter, rateHeaders } from './rate.ts';
import { failure, type Reply } from './reply.ts';
import { createRouter, decoded } from './router.ts';
import { type Seeds, seedsOf } from './seeds.ts';
import { type CheckRun, type CommitStatus, createState, type State } from './state.ts';
import { DEFAULT_TOKENS, type TokenGrant } from './tokens.ts';

export interface FakeGitHubOptions {
  /** By token. Tokens that begin with `ghs_` are an app's, others a person's. Without this there is one, `ghs_test`. */
  readonly tokens?: Readonly<Record<string, TokenGrant>>;
  readonly owner?: string;
  readonly repo?: string;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export interface FakeGitHub extends Seeds {
  /** For `GITHUB_API_URL` and `GITHUB_SERVER_URL`; without a slash at the end. */
  readonly url: string;
  readonly owner: string;
  readonly repo: string;
  readonly state: State;
  /** Push what shall go wrong. What was used up is gone from it. */
  readonly faults: Fault[];
  /** Every request, in the order in which they were answered. */
  readonly log: readonly LogEntry[];
  /** What GitHub would have refused or looked past, with method and path. A correct client leaves this empty. */
  readonly violations: readonly string[];
  /** In the order in which they were made. */
  checkRunsOf(sha: string): CheckRun[];
  /** In the order in which they were made, so the last of a context counts. */
  statusesOf(sha: string): CommitStatus[];
  /** The log as text, for the message of a failing test. */
  describeLog(): string;
  stop(): Promise<void>;
}

/** Starts a GitHub of one repository on a free port of the loopback interface. */
export async function startFakeGitHub(options: FakeGitHubOptions = {}): Promise<FakeGitHub> {
  const { tokens = DEFAULT_TOKENS, owner = 'acme', repo = 'shop', now = Date.now } = options;
  const state = createState(owner, repo, now);
  const route = createRouter(state, tokens);
  const rates = rateCounter(now);
  const faults: Fault[] = [];
  const log: LogEntry[] = [];
  const violations: string[] = [];

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const at = now();
    const { method = 'GET', headers } = request;
    const target = new URL(request.url ?? '/', url);
    const path = decoded(target.pathname);
    const text = await bodyOf(request);
    const fault = takeFault(faults, method, path);
    if (fault?.delayMs !== undefined) await pause(fault.delayMs, undefined, { ref: false });

    const rate = rates.count(headers.authorization ?? '', target.pathname);
    const answer = (): Reply =>
      headers['user-agent'] === undefined
        ? failure(403, 'Request forbidden by administrative rules. Please make sure your request has a User-Agent header.')
        : route({
            method,
            path: target.pathname,
            query: target.searchParams,
            authorization: headers.authorization,
            accept: headers.accept ?? '',
            text,
            url,
            rate,
          });
    const injected = fault === undefined ? undefined : faultReply(fault);
    const done = injected === undefined || fault?.afterEffect ? attempt(answer) : undefined;
    const reply = injected ?? done ?? failure(500, 'Server Error');
    const violation = done?.violation;

    const body = bodyShown(text);
    log.push({
      method,
      path,
      query: Object.fromEntries(target.searchParams),
      status: reply.status,
      ...(body === undefined ? {} : { body }),
      at,
      ...(violation === undefined ? {} : { violation }),
    });
    if (violation !== undefined) violations.push(violation);
    if (reply.status === 0) request.socket.destroy();
    else send(response, reply, { ...rateHeaders(rate), 'x-github-request-id': `FAKE:${log.length}` });
  };

  const server = await httpServer((request, response) => {
    // The only thing that can fail is a client that went away.
    handle(request, response).catch(() => request.socket.destroy());
  });
  const { url } = server;

  return {
    url,
    owner,
    repo,
    state,
    faults,
    log,
    violations,
    ...seedsOf(state),
    checkRunsOf: (sha) => state.checkRuns.filter((run) => run.head_sha === sha),
    statusesOf: (sha) => state.statuses.filter((status) => status.sha === sha),
    describeLog: () => describeEntries(log),
    stop: () => server.close(),
  };
}

/** Status 0 stands for a broken connection; undefined for a request that is only delayed. */
function faultReply({ reset, status, headers = {}, body }: Fault): Reply | undefined {
  if (reset) return { status: 0 };
  if (status === undefined) return undefined;
  if (body !== undefined) return { status, headers, body };
  return failure(status, 'A fault that the test asked for', headers);
}

/** What the fake itself cannot cope with must be seen too. */
function attempt(answer: () => Reply): Reply {
  try {
    return answer();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ...failure(500, 'Server Error'), violation: `the fake failed: ${message}` };
  }
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return chunks.length === 0 ? undefined : Buffer.concat(chunks).toString();
}

function bodyShown(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    const body: unknown = JSON.parse(text);
    return body;
  } catch {
    return text;
  }
}

function send(response: ServerResponse, reply: Reply, common: Readonly<Record<string, string>>): void {
  const { status, body, headers = {} } = reply;
  const bytes = body === undefined ? '' : body instanceof Uint8Array ? body : JSON.stringify(body);
  response.writeHead(status, {
    ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    'content-length': Buffer.byteLength(bytes),
    ...common,
    ...headers,
  });
  response.end(bytes);
}
