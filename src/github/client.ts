import type { Octokit } from '@octokit/rest';
import type { Clock } from '../checklist/clock.ts';
import { systemClock } from '../runner/clock.ts';
import type { Environment, Log } from '../runner/ports.ts';
import { asksForMoreThan, LONGEST_WAIT_S } from './failure.ts';

/** The two families of GitHub's API that are used. Sinks take the few routes of them that they need. */
export interface GithubClient {
  readonly rest: Pick<Octokit['rest'], 'actions' | 'checks' | 'repos'>;
}

export interface ClientOptions {
  readonly token: string;
  /** `https://api.github.com`, or that of an Enterprise Server; without a slash at the end. */
  readonly apiUrl: string;
  readonly log: Log;
  readonly clock?: Clock;
  /** Only asked whether there is a proxy. */
  readonly env?: Environment;
  /** A call is given up after this many milliseconds, retries and waiting included: a gate must not hang on its report. */
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 20_000;
/** After 1 s and after another 4 s; then the call has failed. */
const RETRIES = 2;

let clients = 0;

/** The only maker of an API client. Loads Octokit on the first call: a run without a token never pays for it. */
export async function createClient(options: ClientOptions): Promise<GithubClient> {
  const { token, apiUrl, log, clock = systemClock, env = {}, deadlineMs = DEADLINE_MS } = options;
  const [{ Octokit }, { retry }, { throttling }] = await Promise.all([
    import('@octokit/rest'),
    import('@octokit/plugin-retry'),
    import('@octokit/plugin-throttling'),
  ]);
  const debug = (message: unknown) => log.debug(`GitHub: ${String(message)}`);
  const waitsShortly = (retryAfter: number, _request: unknown, _client: unknown, retryCount: number) =>
    retryCount < 1 && retryAfter <= LONGEST_WAIT_S;
  const Client = Octokit.plugin(heedLongWaits, retry, throttling);
  const proxied = await proxiedFetch(env);
  const connect = () => {
    clients += 1;
    const client = new Client({
      auth: token,
      baseUrl: apiUrl.replace(/\/+$/, ''),
      userAgent: 'holdpoint',
      log: { debug, info: debug, warn: debug, error: debug },
      ...(proxied === undefined ? {} : { request: { fetch: proxied } }),
      retry: { doNotRetry: REFUSALS, retries: RETRIES },
      throttle: { id: `holdpoint-${clients}`, onRateLimit: waitsShortly, onSecondaryRateLimit: waitsShortly },
    });
    // Wrapped last, so that it stands around the plugins and their waiting.
    client.hook.wrap('request', (request, parameters) =>
      withinDeadline(
        (signal) => request({ ...parameters, request: { ...parameters.request, signal } }),
        parameters.request.signal,
        deadlineMs,
        clock,
      ),
    );
    return client;
  };
  // The plugin lets a second pass between two writes of one id. Check run and status need not wait for each other.
  const { actions, repos } = connect().rest;
  return { rest: { actions, checks: connect().rest.checks, repos } };
}

const PROXY_VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'];

/**
 * A self-hosted runner behind a proxy hands it on by variables, which Node's own fetch does not heed. The toolkit's does: it reads
 * them, `no_proxy` and `GITHUB_API_URL` from the process.
 */
async function proxiedFetch(env: Environment): Promise<unknown> {
  if (!PROXY_VARIABLES.some((name) => env[name])) return undefined;
  const { defaults } = await import('@actions/github/lib/utils');
  return defaults.request?.fetch;
}

/**
 * Answers that a second try does not change: every 4xx but 429. Octokit's own list has no 409 (a repository without a commit),
 * 413 or 415.
 */
const REFUSALS = Array.from({ length: 100 }, (_, index) => 400 + index).filter((status) => status !== 429);

/** GitHub asks who is over its limit to wait, and takes it ill when asked again before. First of the plugins, so that it is asked first. */
function heedLongWaits(octokit: Pick<Octokit, 'hook'>): void {
  octokit.hook.error('request', (error, options) => {
    if (asksForMoreThan(LONGEST_WAIT_S, error)) options.request.retries = 0;
    throw error;
  });
}

async function withinDeadline<Result>(
  call: (signal: AbortSignal) => Result | Promise<Result>,
  cancelled: AbortSignal | undefined,
  deadlineMs: number,
  clock: Clock,
): Promise<Result> {
  const over = new AbortController();
  const done = new AbortController();
  // The default reason is an AbortError, the one error that Octokit does not try again.
  const stop = () => over.abort();
  const late = new Promise<never>((_, reject) => {
    over.signal.addEventListener('abort', () => reject(over.signal.reason), { once: true });
  });
  cancelled?.addEventListener('abort', stop, { once: true });
  if (cancelled?.aborted) stop();
  clock.sleep(deadlineMs, done.signal).then(stop, () => undefined);
  try {
    return await Promise.race([call(over.signal), late]);
  } finally {
    done.abort();
    cancelled?.removeEventListener('abort', stop);
  }
}
