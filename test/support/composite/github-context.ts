/** Values of the `github` context, by key; `event` is the webhook's payload. */
export type GithubContext = Readonly<Record<string, unknown>>;

/** Which values the runner also gives as `GITHUB_*` variables: `GitHubContext` of actions/runner. */
const AS_VARIABLES = [
  'action_path',
  'action_ref',
  'action_repository',
  'action',
  'actor',
  'actor_id',
  'api_url',
  'base_ref',
  'event_name',
  'event_path',
  'graphql_url',
  'head_ref',
  'job',
  'ref_name',
  'ref_protected',
  'ref_type',
  'ref',
  'repository',
  'repository_id',
  'repository_owner',
  'repository_owner_id',
  'retention_days',
  'run_attempt',
  'run_id',
  'run_number',
  'server_url',
  'sha',
  'triggering_actor',
  'workflow',
  'workflow_ref',
  'workflow_sha',
  'workspace',
];

/** A push to `main`, by a repository whose GitHub is not there: nothing reaches the real one by mistake. */
export const DEFAULT_GITHUB = {
  action: '__holdpoint',
  actor: 'octocat',
  actor_id: '583231',
  api_url: 'http://127.0.0.1:9',
  base_ref: '',
  event_name: 'push',
  graphql_url: 'http://127.0.0.1:9/graphql',
  head_ref: '',
  job: 'deploy',
  ref: 'refs/heads/main',
  ref_name: 'main',
  ref_protected: 'true',
  ref_type: 'branch',
  repository: 'octo-org/service',
  repository_id: '1',
  repository_owner: 'octo-org',
  repository_owner_id: '2',
  retention_days: '90',
  run_attempt: '1',
  run_id: '1001',
  run_number: '7',
  server_url: 'https://github.com',
  sha: 'a'.repeat(40),
  token: '',
  triggering_actor: 'octocat',
  workflow: 'Deploy',
} as const satisfies GithubContext;

export function githubVariables(context: GithubContext): Record<string, string> {
  return Object.fromEntries(
    AS_VARIABLES.flatMap((key) => {
      const value = context[key];
      return typeof value === 'string' || typeof value === 'boolean' ? [[`GITHUB_${key.toUpperCase()}`, String(value)]] : [];
    }),
  );
}

/** What a program needs of the machine to run at all; the rest of the caller's environment stays out. */
const OF_THE_MACHINE = [
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'TZ',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SYSTEMROOT',
  'COMSPEC',
  'PATHEXT',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
  'PROGRAMFILES',
];

export function machineVariables(): Record<string, string> {
  return Object.fromEntries(
    OF_THE_MACHINE.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
