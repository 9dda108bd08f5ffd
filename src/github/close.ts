import type { Octokit } from '@octokit/rest';
import { cutToBytes } from '../report/budget.ts';
import { CHECK_RUN_BYTES } from '../report/markdown.ts';
import type { OpenState } from '../runner/state.ts';
import { statusContext } from './commit-status.ts';
import { describeFailure } from './failure.ts';

/** The part of GitHub's API that closing needs. */
export interface ClosingApi {
  readonly rest: {
    readonly checks: Pick<Octokit['rest']['checks'], 'get' | 'update'>;
    readonly repos: Pick<Octokit['rest']['repos'], 'createCommitStatus' | 'listCommitStatusesForRef'>;
  };
}

const TITLE = 'Cancelled: the run was stopped before its checklist was finished';
const ADVICE = 'Nothing below was brought to an end, so it is no verdict. Run the job again.';

/**
 * The second line of defence, for a gate that was killed: completes a check run that is still in progress as cancelled and turns a
 * commit status that is still pending to error. What has a verdict keeps it.
 *
 * @param now milliseconds since the epoch.
 * @returns a sentence for each thing that could not be closed.
 */
export async function closeLeftOver(state: OpenState, client: ClosingApi, now: number): Promise<readonly string[]> {
  if (!state.open) return [];
  const attempt = (work: Promise<void>, describe: (error: unknown) => string): Promise<string | undefined> =>
    work.then(() => undefined, describe);
  const failures = await Promise.all([
    attempt(closeCheckRun(state, client, now), (error) => describeFailure(error, 'check run', 'checks: write')),
    attempt(closeStatus(state, client), (error) => describeFailure(error, 'commit status', 'statuses: write')),
  ]);
  return failures.filter((failure) => failure !== undefined);
}

async function closeCheckRun({ owner, repo, checkRunId }: OpenState, client: ClosingApi, now: number): Promise<void> {
  if (checkRunId === undefined) return;
  const { data } = await client.rest.checks.get({ owner, repo, check_run_id: checkRunId });
  if (data.status === 'completed') return;
  const { summary, text } = data.output;
  await client.rest.checks.update({
    owner,
    repo,
    check_run_id: checkRunId,
    status: 'completed',
    conclusion: 'cancelled',
    completed_at: new Date(now).toISOString(),
    output: {
      title: TITLE,
      summary: cutToBytes([`### 🚫 ${TITLE}`, ADVICE, summary ?? ''].join('\n\n').trim(), CHECK_RUN_BYTES),
      ...(text ? { text: cutToBytes(text, CHECK_RUN_BYTES) } : {}),
    },
  });
}

async function closeStatus({ owner, repo, sha, phase, statusPosted }: OpenState, client: ClosingApi): Promise<void> {
  if (!statusPosted) return;
  const context = statusContext(phase);
  // Newest first.
  const { data } = await client.rest.repos.listCommitStatusesForRef({ owner, repo, ref: sha, per_page: 100 });
  const newest = data.find((status) => status.context === context);
  if (newest !== undefined && newest.state !== 'pending') return;
  await client.rest.repos.createCommitStatus({
    owner,
    repo,
    sha,
    context,
    state: 'error',
    description: TITLE,
    ...(newest?.target_url ? { target_url: newest.target_url } : {}),
  });
}
