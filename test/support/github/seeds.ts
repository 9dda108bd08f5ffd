import { createHash } from 'node:crypto';
import { REPOSITORY_ID } from './routes/repository.ts';
import type { Artifact, Pull, PullFile, Review, State } from './state.ts';

/** How tests fill the repository. */
export interface Seeds {
  /** Makes a commit known, and with `branch` that branch's head. @returns the SHA, which is made up where none is given. */
  addCommit(commit?: { readonly sha?: string; readonly branch?: string }): string;
  /** Opens a pull request; its commits become known. What is not said is made up: 1, 2, 3 for numbers, `feature-1` for a branch. */
  addPull(pull?: PullSeed): Pull;
  /** Puts a file at a commit, which becomes known. */
  putFile(sha: string, path: string, text: string): void;
  addReview(review: Pick<Review, 'pull' | 'user' | 'state'> & { readonly body?: string; readonly commit_id?: string }): Review;
  addArtifact(artifact: Pick<Artifact, 'name' | 'runId' | 'headSha' | 'zip'> & Partial<Artifact>): Artifact;
}

interface PullSeed {
  readonly number?: number;
  readonly title?: string;
  readonly body?: string;
  readonly user?: string;
  readonly state?: Pull['state'];
  readonly draft?: boolean;
  readonly merged?: boolean;
  /** `repo` as `owner/name`: another one than the base's makes it a pull request from a fork. */
  readonly head?: Partial<Pull['head']>;
  readonly base?: Partial<Pull['base']>;
  readonly files?: readonly PullFile[];
  readonly labels?: readonly string[];
}

export function seedsOf(state: State): Seeds {
  const fullName = `${state.owner}/${state.repo}`;
  const addCommit: Seeds['addCommit'] = ({ sha, branch } = {}) => {
    const known = sha ?? createHash('sha1').update(`commit ${state.takeId()}`).digest('hex');
    state.commits.add(known);
    if (branch !== undefined) state.branches.set(branch, known);
    return known;
  };
  const headOf = (branch: string): string => state.branches.get(branch) ?? addCommit({ branch });

  return {
    addCommit,
    addPull(seed = {}) {
      const number = seed.number ?? Math.max(0, ...state.pulls.map((pull) => pull.number)) + 1;
      const { sha: headSha, ref = `feature-${number}`, repo = fullName } = seed.head ?? {};
      const { sha: baseSha, ref: baseRef = state.defaultBranch } = seed.base ?? {};
      if (baseSha !== undefined) addCommit({ sha: baseSha, ...(state.branches.has(baseRef) ? {} : { branch: baseRef }) });
      const head = headSha === undefined ? addCommit() : addCommit({ sha: headSha });
      // A fork's branches are not this repository's.
      if (repo === fullName) state.branches.set(ref, head);
      const pull: Pull = {
        number,
        title: seed.title ?? `Change ${number}`,
        body: seed.body ?? null,
        user: seed.user ?? 'octocat',
        state: seed.state ?? 'open',
        draft: seed.draft ?? false,
        merged: seed.merged ?? false,
        head: { sha: head, ref, repo },
        base: { sha: baseSha ?? headOf(baseRef), ref: baseRef },
        files: [...(seed.files ?? [])],
        labels: [...(seed.labels ?? [])],
        created_at: state.timestamp(),
      };
      state.pulls.push(pull);
      return pull;
    },
    putFile(sha, path, text) {
      addCommit({ sha });
      const files = state.files.get(sha) ?? new Map<string, string>();
      state.files.set(sha, files.set(path, text));
    },
    addReview({ body = '', commit_id, ...given }) {
      const head = state.pulls.find(({ number }) => number === given.pull)?.head.sha ?? '';
      const review = { ...given, id: state.takeId(), body, commit_id: commit_id ?? head, submitted_at: state.timestamp() };
      state.reviews.push(review);
      return review;
    },
    addArtifact(given) {
      const made = { id: state.takeId(), created_at: state.timestamp() };
      const artifact = { expired: false, headBranch: state.defaultBranch, headRepositoryId: REPOSITORY_ID, ...made, ...given };
      state.artifacts.push(artifact);
      return artifact;
    },
  };
}
