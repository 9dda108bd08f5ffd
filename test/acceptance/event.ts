import type { FakeGitHub } from '../support/github/server.ts';

export type GateEvent = 'push' | 'pull_request' | 'merge_group' | 'workflow_dispatch';

/** The commits of one run. */
export interface Refs {
  /** What the gate speaks of. */
  readonly headSha: string;
  readonly baseSha: string;
  /** GITHUB_SHA: of a pull request the merge commit that GitHub makes to test it. */
  readonly workflowSha: string;
}

const PULL_REQUEST = 12;

/** Makes the event's commits known to GitHub; all of them, so that a report on a wrong one is accepted, and found. */
export function refsOf(github: FakeGitHub, event: GateEvent): Refs {
  const baseSha = github.addCommit({ branch: 'main' });
  if (event === 'push' || event === 'workflow_dispatch') return { headSha: baseSha, baseSha, workflowSha: baseSha };
  if (event === 'merge_group') {
    const headSha = github.addCommit({ branch: 'gh-readonly-queue/main/pr-12' });
    return { headSha, baseSha, workflowSha: headSha };
  }
  const pull = github.addPull({ number: PULL_REQUEST, base: { sha: baseSha, ref: 'main' }, head: { ref: 'tidy-up' } });
  return { headSha: pull.head.sha, baseSha, workflowSha: github.addCommit() };
}

/** The webhook's payload, as much of it as there is a use for. */
export function payloadOf({ owner, repo }: FakeGitHub, event: GateEvent, { headSha, baseSha }: Refs): unknown {
  const repository = { full_name: `${owner}/${repo}` };
  switch (event) {
    case 'push':
      return { repository, ref: 'refs/heads/main', after: headSha };
    case 'workflow_dispatch':
      return { repository, ref: 'refs/heads/main', inputs: {} };
    case 'merge_group':
      return {
        repository,
        merge_group: {
          head_sha: headSha,
          head_ref: 'refs/heads/gh-readonly-queue/main/pr-12',
          base_sha: baseSha,
          base_ref: 'refs/heads/main',
        },
      };
    case 'pull_request':
      return {
        repository,
        number: PULL_REQUEST,
        pull_request: {
          number: PULL_REQUEST,
          head: { sha: headSha, ref: 'tidy-up', repo: repository },
          base: { sha: baseSha, ref: 'main', repo: repository },
        },
      };
  }
}
