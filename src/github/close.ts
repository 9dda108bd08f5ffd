import type { Octokit } from '@octokit/rest';
import { cutToBytes } from '../report/budget.ts';
import { shortLine } from '../report/escape.ts';
import { CHECK_RUN_BYTES } from '../report/markdown.ts';
import type { OpenState } from '../runner/state.ts';
import { checkRunName } from './check-run.ts';
import { DESCRIPTION_LENGTH, statusContext } from './commit-status.ts';
import { describeFailure } from './failure.ts';

type CheckRun = Awaited<ReturnType<Octokit['rest']['checks']['listForRef']>>['data']['check_runs'][number];

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
 * The second line of defence, for a gate that was killed or whose requests got no answer. Its check run that is still in progress, and
 * its commit status that is pending or missing, are ended: with the verdict where a completed check run of the gate has it, else as
 * cancelled and as an error.
 *
 * @param now milliseconds since the epoch.
 * @returns a sentence for each thing that could not be closed.
 */
export async function closeLeftOver(state: OpenState, client: ClosingApi, now: number): Promise<readonly string[]> {
  const attempt = (work: Promise<void>, describe: (error: unknown) => string): Promise<string | undefined> =>
    work.then(() => undefined, describe);
  const runs = checkRunsOf(state, client);
  const verdict = runs.then(
    (all) => all.find(({ status }) => status === 'completed'),
    () => undefined,
  );
  const failures = await Promise.all([
    attempt(closeCheckRuns(state, client, now, runs), (error) => describeFailure(error, 'check run', 'checks: write')),
    attempt(closeStatus(state, client, verdict), (error) => describeFailure(error, 'commit status', 'statuses: write')),
  ]);
  return failures.filter((failure) => failure !== undefined);
}

/** Usually one; two when the answer to its making was lost and it was made again. */
async function checkRunsOf({ owner, repo, sha, phase, externalId }: OpenState, client: ClosingApi): Promise<readonly CheckRun[]> {
  const place = { owner, repo, ref: sha, check_name: checkRunName(phase), filter: 'all', per_page: 100 } as const;
  const { data } = await client.rest.checks.listForRef(place);
  return data.check_runs.filter(({ external_id }) => external_id === externalId);
}

async function closeCheckRuns(
  { owner, repo }: OpenState,
  client: ClosingApi,
  now: number,
  found: Promise<readonly CheckRun[]>,
): Promise<void> {
  const runs = await found;
  const done = runs.find(({ status }) => status === 'completed');
  for (const { id, output, status } of runs) {
    if (status === 'completed') continue;
    await client.rest.checks.update({
      owner,
      repo,
      check_run_id: id,
      status: 'completed',
      conclusion: conclusionOf(done),
      completed_at: new Date(now).toISOString(),
      output: done === undefined ? cancelled(output) : copied(done.output),
    });
  }
}

/** What was shown last, under another title. */
function cancelled({ summary, text }: CheckRun['output']) {
  return {
    title: TITLE,
    summary: cutToBytes([`### 🚫 ${TITLE}`, ADVICE, summary ?? ''].join('\n\n').trim(), CHECK_RUN_BYTES),
    ...(text ? { text: cutToBytes(text, CHECK_RUN_BYTES) } : {}),
  };
}

function copied({ title, summary, text }: CheckRun['output']) {
  return { title: title ?? TITLE, summary: summary ?? '', ...(text ? { text } : {}) };
}

function conclusionOf(done: CheckRun | undefined): 'success' | 'failure' | 'cancelled' {
  if (done === undefined || done.conclusion === 'cancelled') return 'cancelled';
  return done.conclusion === 'success' ? 'success' : 'failure';
}

async function closeStatus(
  { owner, repo, sha, phase }: OpenState,
  client: ClosingApi,
  verdict: Promise<CheckRun | undefined>,
): Promise<void> {
  const context = statusContext(phase);
  // Newest first.
  const { data } = await client.rest.repos.listCommitStatusesForRef({ owner, repo, ref: sha, per_page: 100 });
  const newest = data.find((status) => status.context === context);
  if (newest !== undefined && newest.state !== 'pending') return;
  const done = await verdict;
  const conclusion = conclusionOf(done);
  const target = done?.html_url ?? newest?.target_url;
  await client.rest.repos.createCommitStatus({
    owner,
    repo,
    sha,
    context,
    state: conclusion === 'cancelled' ? 'error' : conclusion,
    description: shortLine(done?.output.title ?? TITLE, DESCRIPTION_LENGTH),
    ...(target ? { target_url: target } : {}),
  });
}
