import { describe, expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { startFakeGitHub } from '../support/github/server.ts';
import { type HeldGate, holdGate, tokensOf } from './gate.ts';

const ONE = `version: 1
pre-deploy:
  - { title: Holds, command: { run: "true" }, expect: exit_code == 0 }
`;

const bodyType = z.object({
  status: z.string().optional(),
  conclusion: z.string().optional(),
  head_sha: z.string().optional(),
  output: z.object({ title: z.string(), summary: z.string() }),
});

/** What was posted as check run, in order. */
function posted({ requests }: HeldGate) {
  return requests
    .filter(({ method, path }) => method !== 'GET' && path.includes('/check-runs'))
    .map(({ body }) => bodyType.parse(body));
}

/** State and title of each row of the summary's checklist. */
function rows(summary: string): string[] {
  const [, list = ''] = summary.split('#### Checklist');
  return [...list.matchAll(/^\| \S+ (\w+) \| (\w+) \|/gm)].map(([, state, title]) => `${state} ${title}`);
}

test('the check run is there before anything has run, is updated in the order of the plan, and is then completed', async () => {
  const plan = `version: 1
pre-deploy:
  concurrency: 1
  items:
    - { title: First, command: { run: "sleep 1.7" }, expect: exit_code == 0 }
    - { title: Second, command: { run: "sleep 1.7" }, expect: exit_code == 0 }
    - { title: Third, command: { run: "sleep 1.7" }, expect: exit_code == 1 }
`;
  const gate = await holdGate({ event: 'pull_request', plan });
  const [created, ...rest] = posted(gate);
  expect(created).toMatchObject({ status: 'in_progress', output: { title: 'Running: 0 of 3 done' } });
  expect(rows(created?.output.summary ?? '')).toEqual(['waiting First', 'waiting Second', 'waiting Third']);
  const between = rest.slice(0, -1);
  expect(between.length).toBeGreaterThanOrEqual(1);
  expect(rows(between[0]?.output.summary ?? '')).toEqual(['passed First', 'running Second', 'waiting Third']);
  const last = rest.at(-1);
  expect(last).toMatchObject({ status: 'completed', conclusion: 'failure' });
  expect(rows(last?.output.summary ?? '')).toEqual(['passed First', 'passed Second', 'failed Third']);
  expect(gate.statuses.map(({ state }) => state)).toEqual(['pending', 'failure']);
});

test('the summary begins with the verdict, then says what failed, and only then lists everything', async () => {
  const plan = `version: 1
pre-deploy:
  - { title: Holds, command: { run: "true" }, expect: exit_code == 0 }
  - { title: Fails, command: { run: "exit 3" }, expect: exit_code == 0 }
`;
  const gate = await holdGate({ event: 'pull_request', plan });
  for (const summary of [gate.checkRun?.output.summary ?? '', gate.summary]) {
    expect(summary.split('\n')[0]).toBe('### ❌ Blocked: 1 of 2 items failed');
    const places = ['#### What holds it back', '**Fails**', '#### Checklist', 'Holds'].map((text) => summary.indexOf(text));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  }
});

describe('the commit that is reported on', () => {
  test('is the head of a pull request, and not the merge commit that the workflow runs on', async () => {
    const gate = await holdGate({ event: 'pull_request', plan: ONE });
    expect(gate.workflowSha).not.toBe(gate.headSha);
    expect(gate.checkRun?.conclusion).toBe('success');
    expect(gate.github.checkRunsOf(gate.workflowSha)).toEqual([]);
    expect(gate.github.statusesOf(gate.workflowSha)).toEqual([]);
  });

  test('is the head of a merge group, judged by the plan of the branch that it will be merged into', async () => {
    const gate = await holdGate({ event: 'merge_group', plan: ONE });
    expect(gate.checkRun?.conclusion).toBe('success');
    expect(gate.report?.plan).toMatchObject({ source: 'base', sha: gate.baseSha });
  });

  test.each(['push', 'workflow_dispatch'] as const)('is that of a %s, judged by the checkout', async (event) => {
    const gate = await holdGate({ event, plan: ONE });
    expect(gate.checkRun).toMatchObject({ conclusion: 'success', head_sha: gate.workflowSha });
    expect(gate.report?.plan).toMatchObject({ source: 'head' });
    expect(gate.statuses.at(-1)?.state).toBe('success');
  });

  test('is the one that input "sha" names, above all that the event says', async () => {
    const github = await startFakeGitHub(tokensOf({}));
    onTestFinished(() => github.stop());
    const sha = github.addCommit();
    const gate = await holdGate({ github, plan: ONE, with: { sha } });
    expect(github.checkRunsOf(sha).map(({ conclusion }) => conclusion)).toEqual(['success']);
    expect(gate.checkRun).toBeUndefined();
  });
});

test('a re-run of the job makes a check run of its own, and the last status counts', async () => {
  const github = await startFakeGitHub(tokensOf({}));
  onTestFinished(() => github.stop());
  const plan = ONE.replace('run: "true"', 'run: "test -e ready"');
  const first = await holdGate({ github, event: 'pull_request', plan });
  const again = await holdGate({ github, refs: first, event: 'pull_request', plan, files: { ready: '' }, attempt: 2 });
  expect(again.headSha).toBe(first.headSha);
  const runs = github.checkRunsOf(first.headSha);
  expect(runs.map(({ conclusion }) => conclusion)).toEqual(['failure', 'success']);
  expect(new Set(runs.map(({ external_id }) => external_id)).size).toBe(2);
  expect(runs[1]?.details_url).toMatch(/\/attempts\/2$/);
  expect(github.statusesOf(first.headSha).at(-1)?.state).toBe('success');
});

test('a checklist of 200 items that takes nine seconds costs GitHub at most twelve requests, and its last word is whole', async () => {
  const item = (index: number) =>
    index % 50 === 25
      ? `    - { title: Item ${index}, command: { run: "sleep 2.2" }, expect: exit_code == 0 }`
      : `    - { title: Item ${index}, settings: { env: [CI] }, expect: CI == true }`;
  const items = Array.from({ length: 200 }, (_, index) => item(index));
  const gate = await holdGate({
    event: 'pull_request',
    plan: ['version: 1', 'pre-deploy:', '  concurrency: 1', '  items:', ...items, ''].join('\n'),
  });
  expect(gate).toMatchObject({ exitCode: 0, outputs: { verdict: 'pass' } });
  expect(gate.requests.length).toBeLessThanOrEqual(12);
  expect(posted(gate).length).toBeGreaterThan(3);
  expect(gate.checkRun?.output.title).toBe('Passed: 200 of 200');
  expect(gate.checkRun?.output.summary).toContain('Item 199');
});
