import { describe, expect, test } from 'vitest';
import { holdGate } from './gate.ts';

const planWith = (criterion: string) => `version: 1
pre-deploy:
  - title: Pool settings are the optimised ones
    settings: { file: production.env }
    expect: [${criterion}]
`;
const STRICT = planWith('POOL_MAX == 8');
const LOOSE = planWith('POOL_MAX >= 1');
const FILES = { 'production.env': 'POOL_MAX=20\n' };
const PERMISSIONS = { checks: 'write', statuses: 'write', contents: 'none' } as const;

describe('a pull request', () => {
  test('that loosens its plan is judged by that of its base, and told so', async () => {
    const gate = await holdGate({ event: 'pull_request', plan: LOOSE, basePlan: STRICT, files: FILES });
    expect(gate).toMatchObject({ exitCode: 1, outputs: { verdict: 'fail' } });
    expect(gate.report?.plan).toEqual({ file: '.github/holdpoint.yml', source: 'base', sha: gate.baseSha });
    const note = 'This pull request changes .github/holdpoint.yml; it is judged by the base’s.'.replace('’', "'");
    expect(gate.report?.notes).toContain(note);
    expect(gate.checkRun?.output.summary).toContain('is judged by the base');
  });

  test('that takes its plan away is judged by that of its base', async () => {
    const gate = await holdGate({ event: 'pull_request', basePlan: STRICT, files: FILES });
    expect(gate).toMatchObject({ exitCode: 1, outputs: { verdict: 'fail' } });
    expect(gate.report?.notes.join()).toContain('removes .github/holdpoint.yml');
  });

  test('that brings the first plan is judged by its own, and told so', async () => {
    const gate = await holdGate({ event: 'pull_request', plan: LOOSE, basePlan: 'none', files: FILES });
    expect(gate).toMatchObject({ exitCode: 0, outputs: { verdict: 'pass' } });
    expect(gate.report?.notes).toEqual([
      '.github/holdpoint.yml is new: the base has none yet, so this change is judged by its own.',
    ]);
  });

  test('whose base may not be read is not judged by its own plan silently: it ends with 2 and names the permission', async () => {
    const gate = await holdGate({ event: 'pull_request', plan: LOOSE, files: FILES, permissions: PERMISSIONS });
    expect(gate).toMatchObject({ exitCode: 2, outputs: { verdict: 'error', 'reason-code': 'plan_error' } });
    expect(gate.annotations[0]?.message).toMatch(/could not be read from the base.*"contents: read"/);
    expect(gate.checkRun?.conclusion).toBe('failure');
    expect(gate.checkRun?.output.summary).toContain('contents: read');
  });

  test('is judged by its own plan when "plan-source" is "head", and needs no permission to read the base', async () => {
    const gate = await holdGate({
      event: 'pull_request',
      plan: LOOSE,
      basePlan: STRICT,
      files: FILES,
      permissions: PERMISSIONS,
      with: { 'plan-source': 'head' },
    });
    expect(gate).toMatchObject({ exitCode: 0, outputs: { verdict: 'pass' } });
    expect(gate.report?.plan).toMatchObject({ source: 'head' });
  });

  test('without a token is judged by its own plan, and told so', async () => {
    const gate = await holdGate({ event: 'pull_request', plan: LOOSE, basePlan: STRICT, files: FILES, token: '' });
    expect(gate).toMatchObject({ exitCode: 0, outputs: { verdict: 'pass', 'check-run-url': '' }, requests: [] });
    expect(gate.report?.notes.join('\n')).toMatch(/judged by its own .*\n.*Nothing was posted to GitHub/);
  });

  test('reads its settings in its own checkout, whichever plan it is judged by', async () => {
    const gate = await holdGate({
      event: 'pull_request',
      plan: STRICT,
      files: { 'service/production.env': 'POOL_MAX=8\n' },
      with: { 'working-directory': 'service' },
    });
    expect(gate.outputs['verdict']).toBe('pass');
  });
});
