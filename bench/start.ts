import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUNDLE } from './bundle.ts';
import { type Figure, paired } from './figures.ts';

/** How long the bundle needs from start to exit for a plan of 50 settings items, as a multiple of `node -e 0` in the same run. */
export function startFigure(): Figure {
  const directory = mkdtempSync(join(tmpdir(), 'holdpoint-bench-'));
  try {
    const settings = Array.from({ length: 50 }, (_, index) => `SETTING_${index}=${index}`);
    const items = settings.map(
      (_, index) => `  - settings: { file: app.env }\n    id: item-${index}\n    expect: [SETTING_${index} == ${index}]`,
    );
    writeFileSync(join(directory, 'app.env'), settings.join('\n'));
    writeFileSync(join(directory, 'plan.yml'), `version: 1\npre-deploy:\n${items.join('\n')}\n`);
    const gate = () => run([BUNDLE, 'pre-deploy', '--plan', 'plan.yml'], directory, 0);
    const bare = () => run(['-e', '0'], directory, 0);
    const ratio = paired(gate, bare, 21);
    return {
      name: 'start: 50 settings items, against `node -e 0`',
      value: ratio.median,
      unit: '×',
      spread: ratio.spread,
      limit: 2,
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function run(args: readonly string[], cwd: string, expected: number): void {
  const { status, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  if (status !== expected) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
}
