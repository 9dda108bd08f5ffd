import type { Subject } from '../checklist/model.ts';
import type { Environment } from '../runner/ports.ts';

/** What the event that started the run tells. What it does not tell is absent. */
export interface EventFacts {
  /** `pull_request`, `push`, `merge_group`, … */
  readonly name?: string;
  readonly owner?: string;
  /** `owner/name`. */
  readonly repository?: string;
  /** The commit to report on: of a pull request its head, never the merge commit that GitHub makes to test it. */
  readonly headSha?: string;
  /** The commit that the change is to be merged into. */
  readonly baseSha?: string;
  /** Branch names, without `refs/heads/`. */
  readonly baseRef?: string;
  readonly headRef?: string;
  /** The full ref that the workflow runs on: `refs/heads/main`. */
  readonly ref?: string;
  readonly pullRequest?: number;
  /** The change comes from another repository: the token is read-only, whatever the workflow says. */
  readonly fork: boolean;
  readonly actor?: string;
  readonly runUrl?: string;
  readonly runId?: string;
  readonly attempt?: string;
  readonly job?: string;
}

/** What an event says of the commit, as far as it differs from event to event. */
interface Commit {
  readonly headSha?: string | undefined;
  readonly baseSha?: string | undefined;
  readonly baseRef?: string | undefined;
  readonly headRef?: string | undefined;
  readonly pullRequest?: number | undefined;
  readonly fork?: boolean | undefined;
}

/**
 * Reads the event's payload and the runner's variables. A payload of an unknown shape is no error: what it does not tell is absent.
 *
 * @param overrideSha the commit that the user named; it stands above all that the event says.
 */
export function readEvent(payload: unknown, env: Environment, overrideSha?: string): EventFacts {
  const name = env['GITHUB_EVENT_NAME'] || undefined;
  const repository = env['GITHUB_REPOSITORY'] || textAt(payload, 'repository', 'full_name');
  const runId = env['GITHUB_RUN_ID'] || undefined;
  const commit = commitOf(name, payload, env);
  return {
    ...known({
      ...commit,
      name,
      owner: repository?.split('/')[0],
      repository,
      headSha: overrideSha ?? commit.headSha,
      ref: env['GITHUB_REF'] || undefined,
      actor: env['GITHUB_ACTOR'] || undefined,
      runUrl: runUrl(env, repository, runId),
      runId,
      attempt: env['GITHUB_RUN_ATTEMPT'] || undefined,
      job: env['GITHUB_JOB'] || undefined,
    }),
    fork: commit.fork ?? false,
  };
}

/** What a report says it speaks of. */
export function subjectOf({ repository, headSha, pullRequest, headRef, ref, runUrl: url }: EventFacts): Subject {
  return known({ repository, headSha, pullRequest, ref: headRef ?? ref, runUrl: url });
}

/** The facts that an item's `when:` can name. */
export function factsOf({ name, headRef, baseRef, ref, actor, repository }: EventFacts): RunFacts {
  return known({ event: name, branch: headRef, base: baseRef, ref, actor, repository });
}

interface RunFacts {
  readonly event?: string;
  readonly branch?: string;
  readonly base?: string;
  readonly ref?: string;
  readonly actor?: string;
  readonly repository?: string;
}

function commitOf(name: string | undefined, payload: unknown, env: Environment): Commit {
  switch (name) {
    case 'pull_request':
    case 'pull_request_target':
    case 'pull_request_review':
    case 'pull_request_review_comment':
      return pullRequestCommit(at(payload, 'pull_request'));
    case 'merge_group':
      return {
        headSha: textAt(payload, 'merge_group', 'head_sha'),
        baseSha: textAt(payload, 'merge_group', 'base_sha'),
        headRef: branchName(textAt(payload, 'merge_group', 'head_ref')),
        baseRef: branchName(textAt(payload, 'merge_group', 'base_ref')),
      };
    case 'workflow_run':
      return workflowRunCommit(at(payload, 'workflow_run'));
    case 'push':
      return { headSha: pushedSha(payload) ?? env['GITHUB_SHA'], headRef: branchOf(env) };
    case 'deployment':
    case 'deployment_status':
      return {
        headSha: textAt(payload, 'deployment', 'sha') ?? env['GITHUB_SHA'],
        headRef: branchName(textAt(payload, 'deployment', 'ref')) ?? branchOf(env),
      };
    case 'issue_comment':
      // GITHUB_SHA is the default branch here, which is not what the comment speaks of; only its number is known.
      return {
        pullRequest: at(payload, 'issue', 'pull_request') === undefined ? undefined : numberAt(payload, 'issue', 'number'),
      };
    default:
      return { headSha: env['GITHUB_SHA'], headRef: branchOf(env) };
  }
}

function pullRequestCommit(pull: unknown): Commit {
  const head = textAt(pull, 'head', 'repo', 'full_name');
  return {
    headSha: textAt(pull, 'head', 'sha'),
    baseSha: textAt(pull, 'base', 'sha'),
    headRef: textAt(pull, 'head', 'ref'),
    baseRef: textAt(pull, 'base', 'ref'),
    pullRequest: numberAt(pull, 'number'),
    // A fork that was deleted since has no repository any more.
    fork: pull !== undefined && head !== textAt(pull, 'base', 'repo', 'full_name'),
  };
}

function workflowRunCommit(run: unknown): Commit {
  const sha = textAt(run, 'head_sha');
  // Empty for pull requests from forks.
  const listed = at(run, 'pull_requests');
  const pulls: readonly unknown[] = Array.isArray(listed) ? listed : [];
  const pull = pulls.find((one) => textAt(one, 'head', 'sha') === sha);
  return {
    headSha: sha,
    headRef: textAt(run, 'head_branch'),
    baseSha: textAt(pull, 'base', 'sha'),
    baseRef: textAt(pull, 'base', 'ref'),
    pullRequest: numberAt(pull, 'number'),
    fork: textAt(run, 'head_repository', 'full_name') !== textAt(run, 'repository', 'full_name'),
  };
}

/** A push that deletes a branch has zeros. */
function pushedSha(payload: unknown): string | undefined {
  const after = textAt(payload, 'after');
  return after === undefined || /^0+$/.test(after) ? undefined : after;
}

function branchOf(env: Environment): string | undefined {
  return env['GITHUB_REF_TYPE'] === 'tag' ? undefined : branchName(env['GITHUB_REF']);
}

function branchName(ref: string | undefined): string | undefined {
  return ref?.startsWith('refs/') ? /^refs\/heads\/(.+)$/.exec(ref)?.[1] : ref;
}

function runUrl(env: Environment, repository: string | undefined, runId: string | undefined): string | undefined {
  if (repository === undefined || runId === undefined) return undefined;
  const server = (env['GITHUB_SERVER_URL'] || 'https://github.com').replace(/\/+$/, '');
  const attempt = env['GITHUB_RUN_ATTEMPT'];
  return `${server}/${repository}/actions/runs/${runId}${attempt ? `/attempts/${attempt}` : ''}`;
}

/** The value at a path of keys; undefined where a key is missing or null. */
function at(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = Reflect.get(current, key);
  }
  return current ?? undefined;
}

function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === 'number' && Number.isSafeInteger(found) ? found : undefined;
}

type Known<T> = { readonly [Key in keyof T]?: Exclude<T[Key], undefined> };

/** The same without the keys whose value is undefined. */
function known<T extends object>(facts: T): Known<T> {
  const kept = { ...facts };
  for (const [key, fact] of Object.entries(kept)) if (fact === undefined) Reflect.deleteProperty(kept, key);
  return isKnown(kept) ? kept : {};
}

function isKnown<T extends object>(facts: T): facts is T & Known<T> {
  return Object.values(facts).every((fact) => fact !== undefined);
}
