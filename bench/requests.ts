import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runAction } from '../test/support/composite/run-action.ts';
import { startFakeGitHub } from '../test/support/github/server.ts';
import { ROOT } from './bundle.ts';
import type { Figure } from './figures.ts';

const ITEMS = 200;

/** How many requests a checklist of 200 items costs whose items all finish within ten seconds, a quarter of them failing at their plan's line. */
export async function requestsFigure(): Promise<Figure> {
  const workspace = mkdtempSync(join(tmpdir(), 'holdpoint-bench-'));
  const github = await startFakeGitHub();
  try {
    const sha = github.addCommit();
    const items = Array.from({ length: ITEMS }, (_, index) => {
      const seconds = (index % 40) / 10;
      return `  - command: { run: "sleep ${seconds}; exit ${index % 4 === 0 ? 1 : 0}" }\n    id: item-${index}\n    expect: [exit_code == 0]`;
    });
    writeFileSync(join(workspace, 'plan.yml'), `version: 1\nconcurrency: 60\npre-deploy:\n${items.join('\n')}\n`);
    await runAction({
      actionPath: join(ROOT, 'actions', 'pre-deploy-check'),
      workspace,
      with: { plan: 'plan.yml' },
      github: {
        api_url: github.url,
        token: 'ghs_test',
        repository: `${github.owner}/${github.repo}`,
        repository_owner: github.owner,
        sha,
      },
    });
    return { name: `GitHub requests of a checklist of ${ITEMS} items`, value: github.log.length, unit: 'requests', limit: 12 };
  } finally {
    await github.stop();
    rmSync(workspace, { recursive: true, force: true });
  }
}
