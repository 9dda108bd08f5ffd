import { describe, expect, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { httpServer } from '../support/http-server.ts';
import { useServer } from '../support/postgres.ts';
import { lacksPostgres } from '../support/tools.ts';
import { endings, holdGate, itemOf } from './gate.ts';

const withoutPostgres = await lacksPostgres();

const SETTINGS = `version: 1
pre-deploy:
  - title: Pool settings are the optimised ones
    settings: { file: production.env }
    expect: [POOL_MAX == 8]
  - title: Release notes are there
    file: { path: NOTES.md }
    expect: [exists, size > 0 bytes]
`;

describe('a checklist on a pull request', () => {
  test('that is met lets the job go on, and is green everywhere', async () => {
    const files = { 'production.env': 'POOL_MAX=8\n', 'NOTES.md': 'All new\n' };
    const gate = await holdGate({ event: 'pull_request', plan: SETTINGS, files });
    expect(gate).toMatchObject({ conclusion: 'success', exitCode: 0, annotations: [] });
    expect(gate.outputs).toMatchObject({ verdict: 'pass', 'reason-code': 'criteria_met', 'failed-items': '[]' });
    expect(gate.checkRun).toMatchObject({ status: 'completed', conclusion: 'success', output: { title: 'Passed: 2 of 2' } });
    expect(gate.outputs['check-run-url']).toMatch(new RegExp(`^http.*/${gate.checkRun?.id}$`));
    expect(gate.statuses.map(({ context, state }) => `${context} ${state}`)).toEqual([
      'holdpoint/pre-deploy pending',
      'holdpoint/pre-deploy success',
    ]);
    expect(gate.summary.split('\n')[0]).toContain('✅ Passed: 2 of 2');
    expect(gate.report).toMatchObject({ verdict: 'pass', subject: { pull_request: 12, head_sha: gate.headSha } });
    expect(gate.html).toContain('Passed: 2 of 2');
    expect(gate.steps.map(({ conclusion }) => conclusion)).toEqual(['success', 'skipped']);
  });

  test('with one item over its limit blocks the merge, and says which, at its line of the plan', async () => {
    const files = { 'production.env': 'POOL_MAX=20\n', 'NOTES.md': 'All new\n' };
    const gate = await holdGate({ event: 'pull_request', plan: SETTINGS, files });
    expect(gate).toMatchObject({ conclusion: 'failure', exitCode: 1 });
    expect(gate.outputs).toMatchObject({
      verdict: 'fail',
      'reason-code': 'criterion_failed',
      'failed-items': '["pool-settings-are-the-optimised-ones"]',
    });
    expect(gate.checkRun).toMatchObject({ conclusion: 'failure', output: { title: 'Blocked: 1 of 2 items failed' } });
    expect(gate.checkRun?.annotations).toEqual([
      expect.objectContaining({
        path: '.github/holdpoint.yml',
        start_line: 5,
        annotation_level: 'failure',
        title: 'Pool settings are the optimised ones',
        message: 'POOL_MAX was 20, allowed = 8',
      }),
    ]);
    expect(gate.statuses.at(-1)).toMatchObject({ state: 'failure', description: 'Blocked: 1 of 2 items failed' });
    expect(gate.annotations[0]).toMatchObject({ level: 'error', properties: { file: '.github/holdpoint.yml' } });
  });

  test('with too little to judge by is inconclusive: it blocks, and nothing calls it neutral', async () => {
    const plan = `version: 1
pre-deploy:
  - title: Backup is fresh and not empty
    file: { newest: backups/*.gz }
    expect: [size > 0 bytes, age < 24h]
`;
    const gate = await holdGate({ event: 'pull_request', plan });
    expect(gate).toMatchObject({ conclusion: 'failure', exitCode: 3 });
    expect(gate.outputs).toMatchObject({
      verdict: 'inconclusive',
      'reason-code': 'no_data',
      'failed-items': '["backup-is-fresh-and-not-empty"]',
    });
    expect(gate.checkRun?.conclusion).toBe('failure');
    expect(gate.checkRun?.output.title).toMatch(/^Cannot tell/);
    expect(gate.statuses.at(-1)?.state).toBe('error');
  });

  test('whose failing item is not required warns, and lets the job go on', async () => {
    const plan = `version: 1
pre-deploy:
  - title: Settings hold
    command: { run: "true" }
    expect: [exit_code == 0]
  - title: Release notes are there
    file: { path: NOTES.md }
    required: false
    expect: [exists]
`;
    const gate = await holdGate({ event: 'pull_request', plan });
    expect(gate).toMatchObject({ conclusion: 'success', exitCode: 0 });
    expect(gate.outputs).toMatchObject({ verdict: 'warn', 'failed-items': '[]' });
    expect(gate.checkRun).toMatchObject({ conclusion: 'success', output: { title: 'Passed with 1 warning' } });
    expect(gate.checkRun?.annotations.map(({ annotation_level }) => annotation_level)).toEqual(['warning']);
    expect(gate.statuses.at(-1)?.state).toBe('success');
  });

  test('leaves out an item that does not apply to this run, and judges the others', async () => {
    const plan = `version: 1
pre-deploy:
  - title: Only on main
    command: { run: "false" }
    when: branch == "main"
    expect: [exit_code == 0]
  - title: Only on this branch
    command: { run: "true" }
    when: branch == "tidy-up" and event == "pull_request"
    expect: [exit_code == 0]
`;
    const gate = await holdGate({ event: 'pull_request', plan });
    expect(endings(gate)).toEqual({ 'Only on main': 'skipped not_applicable', 'Only on this branch': 'pass criteria_met' });
    expect(gate.outputs['verdict']).toBe('pass');
  });

  test('of which nothing applies has checked nothing, so it does not pass', async () => {
    const plan = `version: 1
pre-deploy:
  - title: Only on main
    command: { run: "true" }
    when: branch == "main"
    expect: [exit_code == 0]
`;
    const gate = await holdGate({ event: 'pull_request', plan });
    expect(gate).toMatchObject({ conclusion: 'failure', exitCode: 3, outputs: { 'reason-code': 'nothing_checked' } });
    expect(gate.checkRun?.conclusion).toBe('failure');
  });
});

describe('a world that does not answer', () => {
  test('is an error with its cause, and the other items still run', async () => {
    const silent = await httpServer(() => {});
    const dead = `127.0.0.1:${await freePort()}`;
    const plan = `version: 1
pre-deploy:
  - title: Refused
    http: { url: "http://${dead}/health" }
    expect: [status == 200]
  - title: Unknown host
    tcp: { address: "nowhere.invalid:5432" }
    expect: [open]
  - title: Silent
    http: { url: "${silent.url}", timeout: 500ms }
    expect: [status == 200]
  - title: Not installed
    command: { argv: [holdpoint-no-such-program] }
    expect: [exit_code == 0]
  - title: Still runs
    command: { run: "true" }
    expect: [exit_code == 0]
`;
    const gate = await holdGate({ plan }).finally(() => silent.close());
    expect(endings(gate)).toEqual({
      Refused: 'error connection_refused',
      'Unknown host': 'error host_not_found',
      Silent: 'error timed_out',
      'Not installed': 'error tool_missing',
      'Still runs': 'pass criteria_met',
    });
    expect(gate).toMatchObject({ exitCode: 3, outputs: { verdict: 'error', 'reason-code': 'connection_refused' } });
    expect(gate.checkRun).toMatchObject({
      conclusion: 'failure',
      output: { title: 'Cannot tell: 4 of 5 items could not be measured' },
    });
    expect(gate.checkRun?.output.summary).toContain(`${dead} refused the connection`);
    expect(itemOf(gate, 'Unknown host')?.message).toContain('nowhere.invalid');
  });

  test('is told after what was measured and failed: that is the surer knowledge', async () => {
    const plan = `version: 1
pre-deploy:
  - title: Refused
    tcp: { address: "127.0.0.1:${await freePort()}" }
    expect: [open]
  - title: Fails
    command: { run: "false" }
    expect: [exit_code == 0]
`;
    const gate = await holdGate({ plan });
    expect(gate).toMatchObject({ exitCode: 1, outputs: { verdict: 'fail', 'reason-code': 'criterion_failed' } });
    expect(gate.outputs['failed-items']).toBe('["fails","refused"]');
  });

  describe.skipIf(withoutPostgres)('with a PostgreSQL', () => {
    const server = useServer();

    test('a wrong password is an error that says so and shows no password, whichever it is', async () => {
      const right = new URL(server.url).password;
      const plan = `version: 1
pre-deploy:
  - title: With the right one
    postgres: { database: "\${DATABASE_URL}" }
    expect: [version >= 13]
  - title: With a wrong one
    postgres: { database: "\${WRONG_URL}" }
    expect: [version >= 13]
`;
      const env = { DATABASE_URL: server.url, WRONG_URL: server.url.replace(right, 'nicht-das-richtige') };
      const gate = await holdGate({ plan, env });
      expect(endings(gate)).toEqual({
        'With the right one': 'pass criteria_met',
        'With a wrong one': 'error authentication_failed',
      });
      const shown = `${gate.log}${gate.summary}${gate.html}${JSON.stringify([gate.report, gate.github.state.checkRuns])}`;
      expect(shown).not.toContain(right);
      expect(shown).not.toContain('nicht-das-richtige');
    });
  });
});

test('inputs alone are enough: a checklist in the workflow needs no plan file, and no annotation points at one', async () => {
  const checklist = '- title: Fails\n  command: { run: "exit 4" }\n  expect: [exit_code == 0]\n';
  const gate = await holdGate({ event: 'pull_request', with: { checklist } });
  expect(gate).toMatchObject({ exitCode: 1, outputs: { verdict: 'fail', 'failed-items': '["fails"]' } });
  expect(gate.report?.plan).toEqual({ file: 'input "checklist"', source: 'input' });
  expect(gate.checkRun?.annotations).toEqual([]);
  expect(gate.requests.map(({ method, path }) => `${method} ${path.split('/').at(-1)}`)).not.toContain('GET holdpoint.yml');
});
