/** Things as GitHub's API shows them, without what follows from the server's own address. */
export interface CheckRun {
  readonly id: number;
  readonly head_sha: string;
  /** Slug of the app whose token made it. */
  readonly app: string;
  name: string;
  status: string;
  conclusion: string | null;
  started_at: string | null;
  completed_at: string | null;
  external_id: string | null;
  details_url: string | null;
  output: CheckOutput;
  /** In the order in which they came: updates append. */
  annotations: CheckAnnotation[];
}

interface CheckOutput {
  title: string | null;
  summary: string | null;
  text: string | null;
}

export interface CheckAnnotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly annotation_level: string;
  readonly message: string;
  readonly title: string | null;
  readonly raw_details: string | null;
  readonly start_column: number | null;
  readonly end_column: number | null;
}

export interface CommitStatus {
  readonly id: number;
  readonly sha: string;
  readonly state: string;
  readonly context: string;
  readonly description: string | null;
  readonly target_url: string | null;
  readonly created_at: string;
}

export interface Pull {
  number: number;
  title: string;
  body: string | null;
  user: string;
  state: 'open' | 'closed';
  draft: boolean;
  merged: boolean;
  head: {
    sha: string;
    ref: string /** `owner/name`; another one than the base's is a fork, null one that was deleted. */;
    repo: string | null;
  };
  base: { sha: string; ref: string };
  files: PullFile[];
  labels: string[];
  created_at: string;
}

export interface PullFile {
  readonly filename: string;
  readonly status: 'added' | 'removed' | 'modified' | 'renamed';
  readonly patch?: string;
  readonly previous_filename?: string;
}

export interface Review {
  readonly id: number;
  readonly pull: number;
  readonly user: string;
  readonly state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING';
  readonly body: string;
  readonly commit_id: string;
  readonly submitted_at: string;
}

export interface IssueComment {
  readonly id: number;
  readonly issue: number;
  readonly user: string;
  body: string;
  readonly created_at: string;
  updated_at: string;
}

export interface Deployment {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  readonly task: string;
  readonly environment: string;
  readonly description: string | null;
  readonly payload: unknown;
  readonly transient_environment: boolean;
  readonly production_environment: boolean;
  readonly creator: string;
  readonly created_at: string;
  /** Oldest first. */
  readonly statuses: DeploymentStatus[];
}

export interface DeploymentStatus {
  readonly id: number;
  readonly state: string;
  readonly description: string;
  readonly environment: string;
  readonly log_url: string;
  readonly environment_url: string;
  readonly creator: string;
  readonly created_at: string;
}

export interface Artifact {
  readonly id: number;
  readonly name: string;
  readonly runId: number;
  readonly headSha: string;
  readonly headBranch: string;
  /** The repository that the run's commit is of: another one for a fork. */
  readonly headRepositoryId: number;
  readonly zip: Uint8Array;
  readonly expired: boolean;
  readonly created_at: string;
}

/** A rule as `GET rules/branches/{branch}` lists it. */
interface BranchRule {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** What the fake knows. Tests may change any of it at any time. Lists are in the order of making. */
export interface State {
  readonly owner: string;
  readonly repo: string;
  private: boolean;
  defaultBranch: string;
  /** Branch to SHA. */
  readonly branches: Map<string, string>;
  /** Every commit that GitHub knows; a check run or a status on another is refused. */
  readonly commits: Set<string>;
  /** SHA to path to text. A commit has only the files that were put at it. */
  readonly files: Map<string, Map<string, string>>;
  readonly pulls: Pull[];
  readonly reviews: Review[];
  readonly comments: IssueComment[];
  readonly checkRuns: CheckRun[];
  readonly statuses: CommitStatus[];
  readonly deployments: Deployment[];
  /** Branch to its rules. */
  readonly rules: Map<string, BranchRule[]>;
  readonly artifacts: Artifact[];
  /** Team slug to its members' logins. */
  readonly teams: Map<string, Set<string>>;
  /** A fresh id for anything that is added. */
  takeId(): number;
  /** Now, as GitHub writes it: in UTC, to the second. */
  timestamp(): string;
}

export function createState(owner: string, repo: string, now: () => number): State {
  let lastId = 1000;
  return {
    owner,
    repo,
    private: true,
    defaultBranch: 'main',
    branches: new Map(),
    commits: new Set(),
    files: new Map(),
    pulls: [],
    reviews: [],
    comments: [],
    checkRuns: [],
    statuses: [],
    deployments: [],
    rules: new Map(),
    artifacts: [],
    teams: new Map(),
    takeId() {
      lastId += 1;
      return lastId;
    },
    timestamp: () => new Date(now()).toISOString().replace(/\.\d+Z$/, 'Z'),
  };
}

/** The commit that a SHA, a branch or a full ref means; undefined where there is none. */
export function resolveRef(state: State, ref: string): string | undefined {
  if (state.commits.has(ref)) return ref;
  const branch = ref.replace(/^(?:refs\/)?heads\//, '');
  const pull = /^(?:refs\/)?pull\/(\d+)\/head$/.exec(ref)?.[1];
  if (pull !== undefined) return state.pulls.find(({ number }) => number === Number(pull))?.head.sha;
  return state.branches.get(branch);
}
