import { describe, expect, test } from 'vitest';
import { inputsToTellBy, readInputs, readToken, stateFileFrom } from '../../src/actions/inputs.ts';
import { PlanError } from '../../src/checklist/errors.ts';

const SHA = '0123456789abcdef0123456789abcdef01234567';

describe('reading inputs', () => {
  test('takes names with hyphens, as the runner sets them for a JavaScript action', () => {
    const inputs = readInputs({ INPUT_PHASE: 'canary', 'INPUT_GITHUB-TOKEN': 't0ken', 'INPUT_DRY-RUN': 'true' });
    expect(inputs).toMatchObject({ phase: 'canary', githubToken: 't0ken', dryRun: true });
  });

  test('takes names with underscores, as the composites set them', () => {
    const inputs = readInputs({ INPUT_GITHUB_TOKEN: 't0ken', INPUT_REPORT_DIRECTORY: 'out' }, 'migrate');
    expect(inputs).toMatchObject({ phase: 'migrate', githubToken: 't0ken', reportDirectory: 'out' });
  });

  test('an empty input is the same as an absent one', () => {
    const inputs = readInputs({ INPUT_PLAN: '', INPUT_SHA: ' ', INPUT_OPTION: '', INPUT_DRY_RUN: '' }, 'pre-deploy');
    expect(inputs).toEqual({
      phase: 'pre-deploy',
      plan: '.github/holdpoint.yml',
      checklist: undefined,
      option: undefined,
      dryRun: false,
      planSource: undefined,
      sha: undefined,
      workingDirectory: '.',
      reportDirectory: 'holdpoint-report',
      locale: undefined,
      githubToken: undefined,
    });
  });

  test('keeps the indentation of an inline checklist', () => {
    expect(readInputs({ INPUT_CHECKLIST: '  - title: A\n    tcp: {}\n' }, 'pre-deploy').checklist).toBe(
      '  - title: A\n    tcp: {}\n',
    );
  });

  test('a commit SHA is written in lower case', () => {
    expect(readInputs({ INPUT_SHA: SHA.toUpperCase() }, 'pre-deploy').sha).toBe(SHA);
  });
});

describe('refusing inputs', () => {
  const refusal = (env: Record<string, string>, phase?: string) => {
    try {
      readInputs(env, phase);
    } catch (error) {
      if (error instanceof PlanError) return error.message;
    }
    return 'was accepted';
  };

  test('a phase that is not known is told with the nearest one', () => {
    expect(refusal({ INPUT_PHASE: 'migrat' })).toMatch(
      /Input "phase" is "migrat".*"pre-deploy", "migrate", "canary" or "rollback".*"migrate"\?/,
    );
  });

  test('a missing phase is told with the choices', () => {
    expect(refusal({})).toMatch(/"phase" is missing.*"rollback"/);
  });

  test.each(['yes', '1', 'on', 'tRUE'])('%s is not a boolean', (value) => {
    expect(refusal({ INPUT_DRY_RUN: value }, 'rollback')).toBe(`Input "dry-run" is "${value}". It must be true or false.`);
  });

  test('an input of another phase is not passed over', () => {
    expect(refusal({ INPUT_PHASE: 'canary', INPUT_OPTION: 'code' })).toMatch(/"option" belongs to "rollback"; phase "canary"/);
  });

  test('a plan file and an inline checklist exclude each other', () => {
    expect(refusal({ INPUT_PLAN: 'a.yml', INPUT_CHECKLIST: '[]' }, 'canary')).toMatch(/"plan" and "checklist" are both set/);
  });

  test.each([
    ['INPUT_SHA', 'abc1234', /full commit SHA/],
    ['INPUT_LOCALE', 'pt', /"en" or "pt-BR"/],
    ['INPUT_PLAN_SOURCE', 'haed', /Did you mean "head"\?/],
  ])('%s=%s is told with what was expected', (name, value, expected) => {
    expect(refusal({ [name]: value }, 'canary')).toMatch(expected);
  });
});

describe('a wrong input', () => {
  test('leaves enough to tell the problem by: phase, commit, token and language, with the rest at its default', () => {
    const env = { INPUT_DRY_RUN: 'yes', INPUT_SHA: SHA.toUpperCase(), INPUT_GITHUB_TOKEN: 't0ken', INPUT_LOCALE: 'pt-BR' };
    expect(inputsToTellBy(env, 'canary')).toMatchObject({
      phase: 'canary',
      sha: SHA,
      githubToken: 't0ken',
      locale: 'pt-BR',
      dryRun: false,
      plan: '.github/holdpoint.yml',
    });
  });

  test('leaves nothing when it is the phase or the commit: a report in the wrong place is worse than none', () => {
    expect(inputsToTellBy({ INPUT_PHASE: 'canry' })).toBeUndefined();
    expect(inputsToTellBy({ INPUT_SHA: 'abc1234' }, 'canary')).toBeUndefined();
  });
});

describe('a closing step', () => {
  test('finds the state file whichever way the gate handed it on', () => {
    expect(stateFileFrom({ HOLDPOINT_STATE: '/tmp/a' })).toBe('/tmp/a');
    expect(stateFileFrom({ STATE_holdpoint: '/tmp/b' })).toBe('/tmp/b');
    expect(stateFileFrom({ HOLDPOINT_STATE: '' })).toBeUndefined();
  });

  test('needs no phase to read its token', () => {
    expect(readToken({ 'INPUT_GITHUB-TOKEN': 'a' })).toBe('a');
    expect(readToken({ INPUT_GITHUB_TOKEN: 'b' })).toBe('b');
  });
});
