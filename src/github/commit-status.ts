import type { Octokit } from '@octokit/rest';
import type { Clock } from '../checklist/clock.ts';
import type { Checklist, Phase } from '../checklist/model.ts';
import type { Sink } from '../checklist/sink.ts';
import { safeUrl, shortLine } from '../report/escape.ts';
import { atMost } from './at-most.ts';
import { describeFailure, statusOf } from './failure.ts';
import { graceOf } from './updates.ts';

/** The part of GitHub's API that a commit status needs. */
export interface StatusesApi {
  readonly rest: { readonly repos: Pick<Octokit['rest']['repos'], 'createCommitStatus'> };
}

export interface CommitStatusOptions {
  readonly client: StatusesApi;
  readonly owner: string;
  readonly repo: string;
  readonly headSha: string;
  readonly phase: Phase;
  readonly clock: Clock;
  readonly title: (checklist: Checklist) => string;
  /** Where the status leads: asked each time, because the check run's page is known only later. */
  readonly targetUrl: () => string | undefined;
}

/** GitHub: "description is too long (maximum is 140 characters)". */
export const DESCRIPTION_LENGTH = 140;

/** The name by which a branch rule asks for the status. */
export function statusContext(phase: Phase): string {
  return `holdpoint/${phase}`;
}

/** GitHub's word for a verdict. A status has no `cancelled`; what does not tell good from bad is an error. */
export function statusStateOf({
  verdict,
  reason,
}: Pick<Checklist, 'verdict' | 'reason'>): 'pending' | 'success' | 'failure' | 'error' {
  if (verdict === 'running') return 'pending';
  if (reason === 'cancelled') return 'error';
  if (verdict === 'pass' || verdict === 'warn') return 'success';
  return verdict === 'fail' ? 'failure' : 'error';
}

export interface CommitStatusSink extends Sink {
  /** Whether GitHub shows it as pending, or may. */
  readonly leftOpen: boolean;
}

/**
 * Shows the checklist as a commit status: pending, then the verdict. The pending one is sent on the side, so that the gate does not
 * wait for it; only what `close` cannot do is told.
 */
export function commitStatusSink(options: CommitStatusOptions): CommitStatusSink {
  const { client, owner, repo, headSha, phase, clock, title, targetUrl } = options;
  let pending: Promise<void> = Promise.resolve();
  let leftOpen = false;
  /** The pending status got no answer: it may be carried out after the verdict, and then counts as the newest. */
  let mayArrive = false;

  const tooLate = new AbortController();

  const post = async (checklist: Checklist, signal?: AbortSignal): Promise<void> => {
    const url = safeUrl(targetUrl());
    await client.rest.repos.createCommitStatus({
      owner,
      repo,
      sha: headSha,
      state: statusStateOf(checklist),
      context: statusContext(phase),
      description: shortLine(title(checklist), DESCRIPTION_LENGTH),
      ...(url === undefined ? {} : { target_url: url }),
      ...(signal === undefined ? {} : { request: { signal } }),
    });
  };

  return {
    name: 'commit status',
    get leftOpen() {
      return leftOpen || mayArrive;
    },
    open(checklist) {
      if (checklist.verdict === 'running') {
        leftOpen = true;
        pending = post(checklist, tooLate.signal).catch((error: unknown) => {
          leftOpen = false;
          // What GitHub refused is not there; of what got no answer nobody knows.
          mayArrive = statusOf(error) === undefined;
        });
      }
      return Promise.resolve();
    },
    update() {
      // A status has one line: its verdict.
    },
    async close(checklist) {
      // Two at once might arrive in the wrong order, and the last one counts.
      await atMost(graceOf(checklist), pending, clock);
      tooLate.abort();
      await pending;
      try {
        await post(checklist);
        leftOpen = false;
      } catch (error) {
        throw new Error(describeFailure(error, 'commit status', 'statuses: write'), { cause: error });
      }
    },
  };
}
