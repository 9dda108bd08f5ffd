import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { startFakeGitHub } from '../support/github/server.ts';
import { holdpoint } from './command.ts';
import { ROOT, TOKEN, tokensOf } from './gate.ts';
import { commandLines } from './leftovers.ts';

const DEAD_PORT = await freePort();
const PLAN = '.github/holdpoint.yml';
const planThatRuns = (command: string) => ({
  [PLAN]: `version: 1
pre-deploy:
  - { title: Item, command: { run: '${command}' }, expect: exit_code == 0 }
`,
});

describe('the exit status of a phase', () => {
  test.each([
    { code: 0, when: 'everything holds', files: planThatRuns('true') },
    { code: 1, when: 'something is over its limit', files: planThatRuns('exit 3') },
    { code: 2, when: 'there is no plan', files: {} },
    { code: 2, when: 'the plan is wrong', files: { [PLAN]: 'version: 1\npre-deploy:\n  - { tcp: { address: "db:1" } }\n' } },
    {
      code: 3,
      when: 'something could not be measured',
      files: { [PLAN]: `version: 1\npre-deploy:\n  - { tcp: { address: "127.0.0.1:${DEAD_PORT}" }, expect: open }\n` },
    },
    {
      code: 3,
      when: 'there is too little evidence',
      files: { [PLAN]: 'version: 1\npre-deploy:\n  - { file: { newest: "*.gz" }, expect: size > 0 bytes }\n' },
    },
  ])('is $code when $when', async ({ code, files }) => {
    const { exitCode, stdout, stderr } = await holdpoint(['pre-deploy'], { files });
    expect(exitCode, stdout + stderr).toBe(code);
  });

  test.skipIf(process.platform === 'win32')('is 130 after Ctrl-C, with its children stopped and its report written', async () => {
    const files = planThatRuns('touch started; sleep 87.5');
    const args = ['pre-deploy', '--report-directory', 'out'];
    const { exitCode, stdout, stoppedAfterMs, folder } = await holdpoint(args, { files, interruptAt: 'started' });
    expect(exitCode).toBe(130);
    expect(stdout).toContain('Cancelled after 0 of 1 item');
    expect(stoppedAfterMs).toBeLessThan(5_000);
    expect(commandLines().filter((line) => line.includes('sleep 87.5'))).toEqual([]);
    expect(JSON.parse(readFileSync(join(folder, 'out', 'pre-deploy.json'), 'utf8'))).toMatchObject({ reason_code: 'cancelled' });
  });
});

describe('--json', () => {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  const schema = JSON.parse(readFileSync(join(ROOT, 'schemas/holdpoint.report.schema.json'), 'utf8'));

  test.each(['true', 'echo noise; echo more >&2; exit 3'])('prints the report alone on standard output (%s)', async (command) => {
    const { stdout, stderr } = await holdpoint(['pre-deploy', '--json'], { files: planThatRuns(command) });
    const report: unknown = JSON.parse(stdout);
    expect(ajv.validate(schema, report), JSON.stringify(ajv.errors)).toBe(true);
    expect(report).toMatchObject({ schema: 'holdpoint.report/1', phase: 'pre-deploy', counts: { total: 1 } });
    expect(stderr).toMatch(/^(PASS|FAIL) +Item/);
  });

  test('prints a plan error as a report too', async () => {
    const files = { [PLAN]: 'version: 1\npre-deploy:\n  - { tcp: { adress: "db:1" }, expect: open }\n' };
    const { stdout, exitCode } = await holdpoint(['pre-deploy', '--json'], { files });
    expect(exitCode).toBe(2);
    const report: unknown = JSON.parse(stdout);
    expect(ajv.validate(schema, report), JSON.stringify(ajv.errors)).toBe(true);
    expect(report).toMatchObject({ verdict: 'error', reason_code: 'plan_error' });
  });

  test('is one whole document for whoever reads slowly, however long it is', async () => {
    const items = Array.from(
      { length: 300 },
      (_, n) => `  - { title: "Item ${n}", settings: { env: [PATH] }, expect: PATH != "x" }`,
    );
    const { stdout } = await holdpoint(['pre-deploy', '--json'], {
      files: { [PLAN]: ['version: 1', 'pre-deploy:', ...items, ''].join('\n') },
      running: (child) => {
        child.stdout?.pause();
        setTimeout(() => child.stdout?.resume(), 1_500);
      },
    });
    expect(JSON.parse(stdout)).toMatchObject({ counts: { total: 300, pass: 300 } });
  });
});

describe('a word that the command line does not know', () => {
  test.each([
    [['pre-deply'], 'Unknown command `pre-deply`. Did you mean `pre-deploy`?'],
    [['pre-deploy', '--jsn'], 'Unknown option `--jsn`. Did you mean `--json`?'],
    [['pre-deploy', '--locale', 'fr'], 'Unknown locale `fr`'],
    [['rollback', 'code', 'again'], 'Unexpected argument `again`'],
    [['pre-deploy', '--option', 'code'], '`--option` belongs to `rollback`'],
    [['explain'], '`explain` needs a criterion'],
  ])('%j: %s', async (args, says) => {
    const { exitCode, stdout, stderr } = await holdpoint(args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(says);
    expect(stdout).toBe('');
  });
});

describe('validate', () => {
  test('says that a plan is valid, and needs none of its variables to be set', async () => {
    const files = {
      [PLAN]: 'version: 1\npre-deploy:\n  - { http: { url: "$' + '{API}/health" }, expect: [status == 200] }\n',
    };
    const { exitCode, stdout, stderr } = await holdpoint(['validate'], { files });
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/^\.github\/holdpoint\.yml is valid\./);
    expect((await holdpoint(['validate', '--strict-env'], { files })).exitCode).toBe(2);
  });

  test('tells everything that is wrong, with line and column', async () => {
    const plan =
      'version: 1\npre-deploy:\n  - { tcp: { adress: "db:1" }, expect: open }\n  - { file: { path: x }, expect: size < 5s }\n';
    const { exitCode, stderr } = await holdpoint(['validate', '--plan', 'plan.yml'], { files: { 'plan.yml': plan } });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('plan.yml:3:');
    expect(stderr).toContain('plan.yml:4:');
    expect(stderr).toContain('Did you mean `address`?');
  });
});

describe('explain', () => {
  const files = { 'm.json': '{ "p95": "480ms", "error_rate": "7%" }' };

  test.each([
    { criterion: 'p95 < 500ms', code: 0, says: /480 ms/ },
    { criterion: 'error_rate < 5% and p95 < 500ms', code: 1, says: /7 %/ },
    { criterion: 'p99 < 500ms', code: 3, says: /p99/ },
  ])('judges $criterion: $code', async ({ criterion, code, says }) => {
    const { exitCode, stdout } = await holdpoint(['explain', criterion, '--measurements', 'm.json'], { files });
    expect(exitCode, stdout).toBe(code);
    expect(stdout).toMatch(says);
  });

  test('shows where a criterion cannot be read', async () => {
    const { exitCode, stderr } = await holdpoint(['explain', 'p95 <']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('p95 <\n');
    expect(stderr).toMatch(/^ +\^$/m);
  });
});

describe('without a token', () => {
  test('a phase runs as ever, writes its report files where it is told, and nothing else', async () => {
    const { exitCode, stdout, left } = await holdpoint(['pre-deploy'], { files: planThatRuns('true') });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Passed: 1 of 1');
    expect(left).toEqual(['.github']);
  });

  test('--post says what it lacks, and the verdict stands', async () => {
    const { exitCode, stdout } = await holdpoint(['pre-deploy', '--post'], { files: planThatRuns('true') });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('`--post` needs GITHUB_TOKEN');
  });
});

test('--post posts check run and status as the actions do', async () => {
  const github = await startFakeGitHub(tokensOf({}));
  onTestFinished(() => github.stop());
  const sha = github.addCommit({ branch: 'main' });
  const { exitCode, stdout, stderr } = await holdpoint(['pre-deploy', '--post'], {
    files: planThatRuns('exit 3'),
    env: { GITHUB_TOKEN: TOKEN, GITHUB_API_URL: github.url, GITHUB_REPOSITORY: 'acme/shop', GITHUB_SHA: sha },
  });
  expect(exitCode, stdout + stderr).toBe(1);
  expect(github.violations).toEqual([]);
  expect(github.checkRunsOf(sha).map(({ conclusion }) => conclusion)).toEqual(['failure']);
  expect(github.statusesOf(sha).at(-1)?.state).toBe('failure');
  expect(stdout + stderr).not.toContain(TOKEN);
});

test('no ANSI codes go to a pipe, and FORCE_COLOR asks for them', async () => {
  const plain = await holdpoint(['pre-deploy'], { files: planThatRuns('exit 3') });
  expect(plain.stdout).not.toContain('\u001b[');
  const coloured = await holdpoint(['pre-deploy'], { files: planThatRuns('exit 3'), env: { FORCE_COLOR: '1' } });
  expect(coloured.stdout).toContain('\u001b[');
});

test('the driver of MySQL and MariaDB is in the bundle, and says that nobody listens without the password', async () => {
  const files = {
    [PLAN]: `version: 1
databases: { main: { url: "mysql://app:hunter2hunter2@127.0.0.1:${DEAD_PORT}/app" } }
migrate:
  database: main
  run: { tool: command, run: "true", version: { query: select 1 } }
  indexes: { plans: { plans_status: [status] } }
`,
  };
  const { exitCode, stdout, stderr } = await holdpoint(['indexes', 'check', '--plan', PLAN], { files });
  expect(exitCode, stdout + stderr).toBe(3);
  expect(stderr).toContain(`Nothing listens at 127.0.0.1:${DEAD_PORT}/app.`);
  expect(stdout + stderr).not.toContain('hunter2');
});
