/** What the demo shows, told as pull requests. */
export interface Scene {
  /** Number of the pull request; a rollback is started by hand and has none. */
  readonly pullRequest?: number;
  readonly title: string;
  readonly author: string;
  /** One sentence for the terminal and the page. */
  readonly story: string;
  readonly gates: readonly GateRun[];
}

export interface GateRun {
  /** Folder under actions/. */
  readonly action: string;
  readonly phase: 'pre-deploy' | 'migrate' | 'canary' | 'rollback';
  readonly with?: Readonly<Record<string, string>>;
  /** What the service is like while the gate looks at it. */
  readonly deployed?: { readonly version: string; readonly flaw?: 'scan' | 'leak' };
  /** The verdict that the demo promises; anything else is an error of the demo. */
  readonly verdict: string;
}

export const SCENES: readonly Scene[] = [
  {
    pullRequest: 101,
    title: 'List plans that need a review',
    author: 'marina',
    story: 'All good: both gates release the pull request.',
    gates: [
      { action: 'pre-deploy-check', phase: 'pre-deploy', deployed: { version: 'v1.5.0' }, verdict: 'pass' },
      { action: 'migrate-and-validate-indexes', phase: 'migrate', verdict: 'pass' },
    ],
  },
  {
    pullRequest: 102,
    title: 'Tidy up the migrations',
    author: 'rafael',
    story: 'An index got lost, and the load test is over its limit: the merge is blocked.',
    gates: [
      { action: 'pre-deploy-check', phase: 'pre-deploy', deployed: { version: 'v1.6.0', flaw: 'scan' }, verdict: 'fail' },
      { action: 'migrate-and-validate-indexes', phase: 'migrate', verdict: 'fail' },
    ],
  },
  {
    pullRequest: 103,
    title: 'Pool connections in the repository layer',
    author: 'marina',
    story: 'A canary that looks well at 10 % and goes bad at 50 %: traffic is taken away again.',
    gates: [{ action: 'canary-gate', phase: 'canary', deployed: { version: 'v1.6.1', flaw: 'leak' }, verdict: 'fail' }],
  },
  {
    title: 'Roll back to v1.5.0',
    author: 'plantão',
    story: 'Three in the morning: a rollback by hand, proven by the version that answers.',
    gates: [{ action: 'rollback', phase: 'rollback', with: { option: 'code' }, verdict: 'pass' }],
  },
];
