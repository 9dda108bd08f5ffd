import { describe, expect, test } from 'vitest';
import type { Applied, BoundMigrationTool } from '../../src/database/migrations/tool.ts';
import { migrate } from '../../src/tasks/migrate.ts';
import type { TaskContext } from '../../src/tasks/task.ts';
import { testPorts } from '../support/ports.ts';
import { bound } from './carry-out.ts';

const APPLIED: Applied = { durationMs: 1, migrations: [], warningCount: 0, warnings: [], output: 'done', exitCode: 0 };

/** A tool on a database that is a list of revisions. */
function toolOn(database: string[], down: (target: object) => Applied): BoundMigrationTool {
  return {
    name: 'alembic',
    description: 'alembic upgrade head',
    current: async () => [...database],
    heads: async () => undefined,
    files: async () => undefined,
    state: async () => ({ current: [...database], heads: undefined, migrations: undefined, pending: undefined }),
    apply: async () => APPLIED,
    down: async (target) => down(target),
  };
}

function context(tool?: BoundMigrationTool): TaskContext {
  return {
    ...testPorts(),
    databases: { url: async () => 'postgresql://db/app' },
    progress: () => undefined,
    ...(tool === undefined ? {} : { migration: { tool, database: 'main' } }),
  };
}

describe('undoing migrations', () => {
  test.each([
    ['down 1', { steps: 1 }],
    [{ down: 2 }, { steps: 2 }],
    ['to 3f2b7c9a41de', { to: '3f2b7c9a41de' }],
    [{ to: 'base' }, { to: 'base' }],
  ])('%j goes to the tool as %j', async (spec, target) => {
    const database = ['5403edb1d087'];
    const seen: object[] = [];
    const tool = toolOn(database, (asked) => {
      seen.push(asked);
      database.splice(0, 1, ...('to' in target && target.to === 'base' ? [] : ['3f2b7c9a41de']));
      return APPLIED;
    });
    const { message } = await bound(migrate, spec).perform(context(tool));
    expect(seen).toEqual([target]);
    expect(message).toMatch(/^The database went from 5403edb1d087 to /);
  });

  test('is not done when the tool says so and the version has not moved', async () => {
    const tool = toolOn(['5403edb1d087'], () => APPLIED);
    await expect(bound(migrate, 'down 1').perform(context(tool))).rejects.toMatchObject({
      reason: 'tool_disagrees',
      message: expect.stringContaining('still at 5403edb1d087'),
    });
  });

  test('is not done when the version is another than the one asked for', async () => {
    const database = ['c'];
    const tool = toolOn(database, () => {
      database.splice(0, 1, 'b');
      return APPLIED;
    });
    await expect(bound(migrate, 'to aaaa').perform(context(tool))).rejects.toMatchObject({ reason: 'tool_disagrees' });
  });

  test('that fails tells the tool’s words and the state', async () => {
    const tool = toolOn(['5403edb1d087'], () => ({ ...APPLIED, exitCode: 1, problem: 'FAILED: no such revision' }));
    await expect(bound(migrate, 'down 1').perform(context(tool))).rejects.toMatchObject({
      reason: 'task_failed',
      message: 'alembic failed: FAILED: no such revision. The database is still at 5403edb1d087.',
    });
  });

  test('needs a plan that says with which tool', async () => {
    await expect(bound(migrate, 'down 1').perform(context())).rejects.toMatchObject({ reason: 'unsupported' });
  });

  test.each(['up 1', 'down', 'down 0', { down: 0 }, { to: '' }, {}])('%j is refused', (spec) => {
    expect('issues' in migrate.bind(spec)).toBe(true);
  });

  describe('across one that has no way back', () => {
    const stuck = (seen: object[]): BoundMigrationTool => {
      const migrations = [
        { version: '1', name: '1 create plans', reversible: true, applied: true },
        { version: '2', name: '2 drop notes', reversible: false, applied: true },
        { version: '3', name: '3 add index', reversible: true, applied: true },
      ];
      return {
        ...toolOn(['3'], (target) => {
          seen.push(target);
          return APPLIED;
        }),
        state: async () => ({ current: ['3'], heads: ['3'], migrations, pending: [] }),
      };
    };

    test.each(['down 2', 'to 1', { to: '1' }])('%j is refused before anything is undone', async (spec) => {
      const seen: object[] = [];
      await expect(bound(migrate, spec).perform(context(stuck(seen)))).rejects.toMatchObject({
        reason: 'irreversible',
        message: expect.stringMatching(/^2 drop notes cannot be undone/),
      });
      expect(seen).toEqual([]);
    });

    test('is done when it is forced, and when it does not get that far', async () => {
      const seen: object[] = [];
      await bound(migrate, { down: 2, force: true })
        .perform(context(stuck(seen)))
        .catch(() => undefined);
      await bound(migrate, 'down 1')
        .perform(context(stuck(seen)))
        .catch(() => undefined);
      expect(seen).toEqual([{ steps: 2 }, { steps: 1 }]);
    });
  });
});
