import { describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { startFakeGitHub } from '../support/github/server.ts';
import { type GateRequest, type HeldGate, holdGate, PERMISSIONS, tokensOf } from './gate.ts';

const ALWAYS = 999;
const planThatRuns = (command: string) => `version: 1
pre-deploy:
  - { title: Item, command: { run: "${command}" }, expect: exit_code == 0 }
`;
const VERDICTS = [
  { verdict: 'pass', exitCode: 0, plan: planThatRuns('true') },
  { verdict: 'fail', exitCode: 1, plan: planThatRuns('exit 3') },
] as const;

const SECONDARY_LIMIT = { message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.' };

interface Trouble extends Pick<GateRequest, 'permissions' | 'faults' | 'apiUrl' | 'token'> {
  readonly trouble: string;
  /** What the report says of check run and status; empty: nothing, because nothing was lost. */
  readonly notes: readonly RegExp[];
  /** What arrived. */
  readonly posted: readonly ('check run' | 'status')[];
}

const TROUBLES: readonly Trouble[] = [
  {
    trouble: 'a token that is no longer valid (401)',
    faults: [{ path: /./, status: 401, times: ALWAYS, body: { message: 'Bad credentials' } }],
    notes: [/^The check run could not be posted: .*\(401\)/, /^The commit status could not be posted: .*\(401\)/],
    posted: [],
  },
  {
    trouble: 'a token that may not write checks (403)',
    permissions: { ...PERMISSIONS, checks: 'read' },
    notes: [/^The check run could not be posted: .*403.*"checks: write"/],
    posted: ['status'],
  },
  {
    trouble: 'a token that may not write statuses (403)',
    permissions: { ...PERMISSIONS, statuses: 'none' },
    notes: [/^The commit status could not be posted: .*403.*"statuses: write"/],
    posted: ['check run'],
  },
  {
    trouble: 'a token that may only read, as on a pull request from a fork',
    permissions: { contents: 'read' },
    notes: [/"checks: write".*pull requests from forks/, /"statuses: write".*pull requests from forks/],
    posted: [],
  },
  {
    trouble: 'a repository that the token may not see (404)',
    faults: [{ path: /./, status: 404, times: ALWAYS, body: { message: 'Not Found' } }],
    notes: [/\(404\).*"checks: write"/, /\(404\).*"statuses: write"/],
    posted: [],
  },
  {
    trouble: 'a commit that GitHub does not know (422)',
    faults: [
      { path: /./, status: 422, times: ALWAYS, body: { message: 'Validation Failed', errors: ['No commit found for SHA'] } },
    ],
    notes: [/\(422\): Validation Failed; No commit found/, /\(422\)/],
    posted: [],
  },
  {
    trouble: 'a rate limit that is over in a second (429)',
    faults: [{ path: 'check-runs', status: 429, headers: { 'retry-after': '1' }, body: SECONDARY_LIMIT }],
    notes: [],
    posted: ['check run', 'status'],
  },
  {
    trouble: 'a rate limit that lasts (429)',
    faults: [{ path: /./, status: 429, times: ALWAYS, headers: { 'retry-after': '600' }, body: SECONDARY_LIMIT }],
    notes: [/check run .*rate limit is used up \(429\)\. It asks to wait 600 s/, /commit status .*rate limit/],
    posted: [],
  },
  {
    trouble: 'an outage (500)',
    faults: [{ path: /./, status: 500, times: ALWAYS }],
    notes: [/check run .*GitHub failed \(500\).*githubstatus/, /commit status .*GitHub failed \(500\)/],
    posted: [],
  },
  {
    trouble: 'a hiccup (502)',
    faults: [{ path: /./, status: 502, times: 2 }],
    notes: [],
    posted: ['check run', 'status'],
  },
  {
    trouble: 'connections that always break',
    faults: [{ path: /./, reset: true, times: ALWAYS }],
    notes: [/closed the connection/, /closed the connection/],
    posted: [],
  },
  {
    trouble: 'a connection that breaks once',
    faults: [{ path: 'check-runs', reset: true }],
    notes: [],
    posted: ['check run', 'status'],
  },
  {
    trouble: 'an answer to the last word that gets lost',
    faults: [{ method: 'PATCH', path: 'check-runs', reset: true, afterEffect: true }],
    notes: [],
    posted: ['check run', 'status'],
  },
  {
    trouble: 'no network at all',
    apiUrl: `http://127.0.0.1:${await freePort()}`,
    notes: [/check run .*refused the connection/, /commit status .*refused the connection/],
    posted: [],
  },
  {
    trouble: 'answers that take their time',
    faults: [{ path: /./, delayMs: 2_000, times: ALWAYS }],
    notes: [],
    posted: ['check run', 'status'],
  },
  {
    trouble: 'answers that never come',
    faults: [{ path: /./, delayMs: 600_000, times: ALWAYS }],
    notes: [/check run .*did not answer in time/, /commit status .*did not answer in time/],
    posted: [],
  },
  { trouble: 'no token', token: '', notes: [/^Nothing was posted to GitHub: input "github-token" is empty/], posted: [] },
];

function arrived({ checkRun, statuses, exitCode }: HeldGate): readonly string[] {
  const [conclusion, state] = exitCode === 0 ? ['success', 'success'] : ['failure', 'failure'];
  return [...(checkRun?.conclusion === conclusion ? ['check run'] : []), ...(statuses.at(-1)?.state === state ? ['status'] : [])];
}

describe.concurrent('the verdict and the exit status stand, and the report says what could not be posted, with', () => {
  const cases = TROUBLES.map((trouble, index) => ({ ...trouble, ...(VERDICTS[index % 2] ?? VERDICTS[0]) }));

  test.each(cases)('$trouble ($verdict)', { timeout: 60_000 }, async ({ verdict, exitCode, notes, posted, ...given }) => {
    const gate = await holdGate(given);
    expect(gate, gate.log).toMatchObject({ exitCode, outputs: { verdict } });
    const told = gate.report?.notes ?? [];
    expect(told).toHaveLength(notes.length);
    for (const note of notes) expect(told).toContainEqual(expect.stringMatching(note));
    for (const note of told) expect(gate.log).toContain(note.slice(0, 40));
    expect(arrived(gate)).toEqual(posted);
    expect(gate.outputs['check-run-url'] !== '').toBe(posted.includes('check run'));
    expect(gate.github.state.checkRuns.filter(({ status }) => status !== 'completed')).toEqual([]);
  });
});

test.concurrent('a rate limit that lasts is not asked again and again', async () => {
  const github = await startFakeGitHub(tokensOf({}));
  onTestFinished(() => github.stop());
  const headers = { 'retry-after': '600' };
  const faults = [{ path: /./, status: 429, times: ALWAYS, headers, body: SECONDARY_LIMIT }];
  const gate = await holdGate({ github, plan: VERDICTS[0].plan, faults });
  expect(gate.requests.length).toBeLessThanOrEqual(4);
});

test.concurrent('what could be posted in spite of a broken start is not lost: the check run is made at the end', async () => {
  const faults = [{ method: 'POST', path: 'check-runs', status: 503, times: 3 }];
  const gate = await holdGate({ plan: VERDICTS[1].plan, faults });
  expect(gate.checkRun).toMatchObject({ status: 'completed', conclusion: 'failure' });
  expect(gate.report?.notes).toEqual([]);
});

test.concurrent('a check run whose making was answered by a broken connection does not stay open beside its double', async () => {
  const faults = [{ method: 'POST', path: 'check-runs', reset: true as const, afterEffect: true as const }];
  const gate = await holdGate({ event: 'pull_request', plan: VERDICTS[0].plan, faults });
  expect(gate.github.checkRunsOf(gate.headSha).map(({ conclusion }) => conclusion)).toEqual(['success']);
});
