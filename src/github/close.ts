import type { Octokit } from '@octokit/rest';
import { cutToBytes } from '../report/budget.ts';
import { CHECK_RUN_BYTES } from '../report/markdown.ts';
import type { OpenState } from '../runner/state.ts';
import { checkRunName } from './check-run.ts';
import { statusContext } from './commit-status.ts';
import { describeFailure } from './failure.ts';

/** The part of GitHub's API that closing needs. */
export interface ClosingApi {
  readonly rest: {
    readonly checks: Pick<Octokit['rest']['checks'], 'listForRef' | 'update'>;
    readonly repos: Pick<Octokit['rest']['repos'], 'createCommitStatus' | 'listCommitStatusesForRef'>;
  };
}

const TITLE = 'Cancelled: the run was stopped before its checklist was finished';
const ADVICE = 'Nothing below was brought to an end, so it is no verdict. Run the job again.';

/**
 * The second line of defence, for a gate that was killed: completes its check run as cancelled where it is still in progress, and turns
 * a commit status that is pending or missing to error. What has a verdict keeps it.
 *
 * @param now milliseconds since the epoch.
 * @returns a sentence for each thing that could not be closed.
 */
export async function closeLeftOver(state: OpenState, client: ClosingApi, now: number): Promise<readonly string[]> {
  const attempt = (work: Promise<void>, describe: (error: unknown) => string): Promise<string | undefined> =>
    work.then(() => undefined, describe);
  const failures = await Promise.all([
    attempt(closeCheckRuns(state, client, now), (error) => describeFailure(error, 'check run', 'checks: write')),
    attempt(closeStatus(state, client), (error) => describeFailure(error, 'commit status', 'statuses: write')),
  ]);
  return failures.filter((failure) => failure !== undefined);
}

/** Usually one; two when the answer to its making was lost and it was made again. */
async function closeCheckRuns(state: OpenState, client: ClosingApi, now: number): Promise<void> {
  const { owner, repo, sha, phase, externalId } = state;
  const api = client.rest.checks;
  const { data } = await api.listForRef({ owner, repo, ref: sha, check_name: checkRunName(phase), filter: 'all', per_page: 100 });
  const left = data.check_runs.filter(({ external_id, status }) => external_id === externalId && status !== 'completed');
  for (const { id, output } of left) {
    const { summary, text } = output;
    await api.update({
      owner,
      repo,
      check_run_id: id,
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
}

async function closeStatus({ owner, repo, sha, phase }: OpenState, client: ClosingApi): Promise<void> {
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
