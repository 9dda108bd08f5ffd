import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { COMPOSITES } from '../../src/actions/inputs.ts';
import { PHASES } from '../../src/checklist/model.ts';
import { type ActionRequest, runAction } from '../support/composite/run-action.ts';
import { ROOT } from './repository.ts';

/** The four composites around a bundle that says what it is given, and does what its environment tells it. */
const BUNDLE = `
const fs = require('node:fs');
const [, , ...args] = process.argv;
const { INPUT_PLAN, INPUT_GITHUB_TOKEN, HOLDPOINT_STATE } = process.env;
const say = (line) => fs.appendFileSync(process.env.SAID, line + '\\n');
if (args[1] === 'close') say('close ' + HOLDPOINT_STATE + ' ' + INPUT_GITHUB_TOKEN);
else {
  say(args.join(' ') + ' ' + INPUT_PLAN + ' ' + process.pid + ' ' + process.ppid);
  fs.appendFileSync(process.env.GITHUB_OUTPUT, 'state=/open\\nverdict=fail\\n');
  if (process.env.HANG) process.stdout.write('up\\n', () => setInterval(() => {}, 1000));
  else fs.appendFileSync(process.env.GITHUB_OUTPUT, 'state=\\n');
  process.exitCode = 1;
}`;

const repository = mkdtempSync(path.join(tmpdir(), 'holdpoint-composites-'));
cpSync(path.join(ROOT, 'actions'), path.join(repository, 'actions'), { recursive: true });
mkdirSync(path.join(repository, 'dist'));
writeFileSync(path.join(repository, 'dist/index.js'), BUNDLE);
afterAll(() => rmSync(repository, { recursive: true, force: true }));

async function run(name: string, request: Partial<ActionRequest> = {}) {
  const said = path.join(repository, 'said');
  rmSync(said, { force: true });
  const result = await runAction({
    actionPath: path.join(repository, 'actions', name),
    workspace: repository,
    github: { token: 't0ken' },
    ...request,
    env: { SAID: said, ...request.env },
  });
  return { ...result, said: existsSync(said) ? readFileSync(said, 'utf8').trim().split('\n') : [] };
}

describe.each(PHASES.map((phase) => ({ phase, name: COMPOSITES[phase] })))('actions/$name', ({ phase, name }) => {
  test('runs its phase with its inputs, and skips the closing step when nothing is open', async () => {
    const result = await run(name, { with: { plan: 'deploy/plan.yml' } });
    expect(result.said).toEqual([expect.stringMatching(`^action ${phase} deploy/plan.yml `)]);
    expect(result).toMatchObject({ conclusion: 'failure', exitCode: 1, outputs: { verdict: 'fail', 'report-path': '' } });
    expect(result.steps.map((step) => step.conclusion)).toEqual(['failure', 'skipped']);
  });
});

test.skipIf(process.platform === 'win32')(
  'a gate that is killed leaves its state to the closing step, with the token',
  async () => {
    const controller = new AbortController();
    const result = await run('canary-gate', {
      env: { HANG: '1' },
      signal: controller.signal,
      onLine: (line) => line === 'up' && controller.abort(),
    });
    expect(result.steps.map((step) => step.conclusion)).toEqual(['cancelled', 'success']);
    expect(result.said.at(-1)).toBe('close /open t0ken');
    expect(result.conclusion).toBe('cancelled');
  },
);

test.skipIf(process.platform === 'win32')('node takes the place of the shell, so that a cancellation reaches it', async () => {
  const { said } = await run('rollback');
  expect(said[0]?.split(' ').at(-1)).toBe(String(process.pid));
});

describe.skipIf(process.platform === 'win32')('without a usable Node', () => {
  const tools = path.join(repository, 'tools');
  mkdirSync(tools);

  test('says what is missing and how to mend it, and its verdict is error', async () => {
    const only = path.join(repository, 'only-bash');
    mkdirSync(only);
    symlinkSync(execFileSync('sh', ['-c', 'command -v bash'], { encoding: 'utf8' }).trim(), path.join(only, 'bash'));
    const result = await run('pre-deploy-check', { path: only });
    expect(result).toMatchObject({
      exitCode: 3,
      outputs: { verdict: 'error', 'reason-code': 'tool_missing', 'failed-items': '[]' },
    });
    expect(result.annotations[0]?.message).toMatch(/20\.12 or newer.*found: none.*actions\/setup-node/);
  });

  test('an old one is told with its version', async () => {
    writeFileSync(path.join(tools, 'node'), '#!/bin/sh\necho v18.20.4\n');
    chmodSync(path.join(tools, 'node'), 0o755);
    const result = await run('pre-deploy-check', { path: `${tools}:/usr/bin:/bin` });
    expect(result).toMatchObject({ exitCode: 3, outputs: { verdict: 'error' }, said: [] });
    expect(result.annotations[0]?.message).toContain('found: v18.20.4');
  });
});
