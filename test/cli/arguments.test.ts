import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import { VERSION } from '../../src/cli/version.ts';

describe('the command line', () => {
  it('reads a phase with its options', () => {
    expect(readArguments(['rollback', 'code', '--plan', 'p.yml', '--json', '--dry-run', '--locale', 'pt-BR'])).toEqual({
      kind: 'phase',
      phase: 'rollback',
      planFile: 'p.yml',
      json: true,
      dryRun: true,
      post: false,
      option: 'code',
      locale: 'pt-BR',
    });
  });

  it('takes the plan where GitHub users expect it', () => {
    expect(readArguments(['validate'])).toMatchObject({ planFile: '.github/holdpoint.yml' });
  });

  it.each([
    [['pre-deply'], 'Did you mean `pre-deploy`?'],
    [['canary', '--dryrun'], 'Did you mean `--dry-run`?'],
    [['canary', 'now'], 'Unexpected argument `now`'],
    [['canary', '--option', 'code'], 'belongs to `rollback`'],
    [['explain'], 'needs a criterion'],
    [['migrate', '--locale', 'de'], 'Known: en, pt-BR'],
    [['migrate', '--plan'], '--plan'],
  ])('tells what is wrong with %j', (argv, message) => {
    expect(() => readArguments(argv)).toThrow(message);
  });

  it('shows its help when asked for nothing', () => {
    expect(readArguments([])).toEqual({ kind: 'help' });
    expect(readArguments(['migrate', '--help'])).toEqual({ kind: 'help' });
  });

  it('has the version of package.json', () => {
    const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(manifest).toMatchObject({ version: VERSION, bin: { holdpoint: 'dist/index.js' } });
  });
});
