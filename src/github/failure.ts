import { networkError } from '../runner/network-errors.ts';

export type Wanted = 'check run' | 'annotations' | 'commit status' | 'plan' | 'artifacts' | 'history';
export type Permission = 'checks: write' | 'statuses: write' | 'contents: read' | 'actions: read';

const COULD_NOT: Readonly<Record<Wanted, string>> = {
  'check run': 'The check run could not be posted',
  annotations: "The check run was posted, but not all remarks at the plan's lines",
  'commit status': 'The commit status could not be posted',
  artifacts: 'Reports of earlier runs could not be read',
  history: 'The history of earlier runs could not be read',
  plan: "The plan could not be read from the base's commit",
};

/**
 * What could not be done, why, and what to do about it: whole sentences for the report. Nothing of the request is told, so the
 * token is never among it.
 */
export function describeFailure(error: unknown, what: Wanted, permission: Permission): string {
  return `${COULD_NOT[what]}: ${because(error, what, permission)}`;
}

/** The HTTP status that GitHub answered with; undefined when there was no answer. */
export function statusOf(error: unknown): number | undefined {
  return answerOf(error)?.status;
}

/** Whether GitHub asks to wait longer than so many seconds before anything is asked again. */
export function asksForMoreThan(seconds: number, error: unknown): boolean {
  return Number(answerOf(error)?.headers.get('retry-after') ?? 0) > seconds;
}

/** A rate limit that lasts longer, in seconds, is told at once. */
export const LONGEST_WAIT_S = 8;

/** Whether a second try may help. */
export function mayPass(error: unknown): boolean {
  return mayHaveBeenDone(error) || (statusOf(error) === 429 && !asksForMoreThan(LONGEST_WAIT_S, error));
}

/** Whether the request may have been carried out although it failed: there was no answer, or one of a server that was failing. */
export function mayHaveBeenDone(error: unknown): boolean {
  const status = statusOf(error);
  return status === undefined || status >= 500;
}

interface Answer {
  readonly status: number;
  readonly message: string;
  readonly headers: ReadonlyMap<string, string>;
  /** What GitHub says of each field, in a 422. */
  readonly problems: readonly string[];
}

function because(error: unknown, what: Wanted, permission: Permission): string {
  const answer = answerOf(error);
  if (answer === undefined) return noAnswer(error);
  const { status, message } = answer;
  if (status === 429 || (status === 403 && isRateLimit(answer))) return rateLimit(answer);
  if (status === 401) return `GitHub does not accept the token (401). Give input "github-token" a token that is valid.`;
  if (status === 403) {
    return (
      `the token may not do that (403, "${message}"). Give the job "${permission}" under "permissions:" in the workflow; ` +
      'on pull requests from forks and from Dependabot the token is read-only whatever the workflow says.'
    );
  }
  if (status === 404) return notFound(what, permission);
  if (status === 422) {
    const told = [message, ...answer.problems].filter((part) => part !== '').join('; ');
    return `GitHub refused it (422): ${told}. Check that the commit exists in this repository, and input "sha" if it is set.`;
  }
  if (status >= 500) return `GitHub failed (${status}). Run the job again; www.githubstatus.com tells of an outage.`;
  return `GitHub answered ${status}, "${message}". Check input "github-token" and the address of the API.`;
}

function notFound(what: Wanted, permission: Permission): string {
  const thing = what === 'plan' ? 'the file or the repository' : 'the repository or the commit';
  return (
    `GitHub does not find ${thing} (404), which is also its answer to a token that may not see it. ` +
    `Give the job "${permission}" under "permissions:" in the workflow, and check input "github-token".`
  );
}

function isRateLimit({ message, headers }: Answer): boolean {
  if (/not accessible/i.test(message)) return false;
  return /\brate limit|abuse detection/i.test(message) || headers.get('x-ratelimit-remaining') === '0';
}

function rateLimit({ status, headers }: Answer): string {
  const after = Number(headers.get('retry-after') ?? Number.NaN);
  const reset = Number(headers.get('x-ratelimit-reset') ?? Number.NaN);
  const when =
    Number.isFinite(after) && after >= 0
      ? ` It asks to wait ${after} s.`
      : Number.isFinite(reset) && reset > 0 && reset < 1e11
        ? ` It ends at ${new Date(reset * 1000).toISOString()}.`
        : '';
  return `the token's rate limit is used up (${status}).${when} Run the job again later, or use a GitHub App's token, which has a limit of its own.`;
}

/** Aborted, a refused connection, a name that does not resolve, a reset. */
function noAnswer(error: unknown): string {
  if (error instanceof Error && error.name === 'AbortError') {
    return "GitHub did not answer in time. Check that the runner can reach GitHub's API.";
  }
  return networkError(error, targetOf(error)).message;
}

function targetOf(error: unknown): string {
  const request = property(error, 'request');
  const url = property(request, 'url');
  return typeof url === 'string' && URL.canParse(url) ? new URL(url).host : "GitHub's API";
}

/** Octokit gives a request that got no answer the status 500, but no response. */
function answerOf(error: unknown): Answer | undefined {
  const status = property(error, 'status');
  const response = property(error, 'response');
  if (typeof status !== 'number' || response === undefined) return undefined;
  const data = property(response, 'data');
  const said = property(data, 'message');
  return {
    status,
    message: typeof said === 'string' ? oneLine(said) : '',
    headers: headersOf(property(response, 'headers')),
    problems: problemsOf(property(data, 'errors')),
  };
}

function problemsOf(errors: unknown): readonly string[] {
  if (typeof errors === 'string') return [oneLine(errors)];
  if (!Array.isArray(errors)) return [];
  const found: readonly unknown[] = errors;
  return found.slice(0, 3).map((one) => {
    const message = property(one, 'message');
    return oneLine(typeof one === 'string' ? one : typeof message === 'string' ? message : (JSON.stringify(one) ?? ''));
  });
}

function headersOf(headers: unknown): ReadonlyMap<string, string> {
  if (typeof headers !== 'object' || headers === null) return new Map();
  return new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** GitHub's own words, short and without the full stop that our sentence sets. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 300).replace(/\.$/, '');
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
