import { beforeAll, describe, expect, test } from 'vitest';
import { django } from '../../../src/database/migrations/django.ts';
import { pathWithAlembic } from '../../support/alembic.ts';
import { boundTool, type Project, projectWith, type Running, running } from '../../support/migration-tools.ts';
import { useServer } from '../../support/postgres.ts';

const server = useServer();
let path: string;

beforeAll(async () => {
  path = await pathWithAlembic();
}, 180_000);

const MANAGE = `import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)`;

const SETTINGS = `import os
from urllib.parse import urlsplit
url = urlsplit(os.environ["DATABASE_URL"])
INSTALLED_APPS = ["plans", "notes"]
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": url.path[1:], "USER": url.username,
                         "PASSWORD": url.password, "HOST": url.hostname, "PORT": url.port}}
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"`;

const migration = (after: string, ...operations: readonly string[]) => `import warnings
from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [${after}]
    operations = [${operations.map((operation) => `migrations.${operation}`).join(', ')}]`;

interface Prepared extends Running {
  readonly project: Project;
  readonly url: string;
}

async function prepare(spec: object = {}): Promise<Prepared> {
  const project = await projectWith({
    'manage.py': MANAGE,
    'settings.py': SETTINGS,
    'plans/__init__.py': '',
    'plans/migrations/__init__.py': '',
    'plans/migrations/0001_init.py': migration('', 'RunSQL("CREATE TABLE plans (id int)", "DROP TABLE plans")'),
    'plans/migrations/0002_status.py': migration(
      '("plans", "0001_init")',
      'RunSQL("ALTER TABLE plans ADD COLUMN status text", "ALTER TABLE plans DROP COLUMN status")',
    ),
    'notes/__init__.py': '',
    'notes/migrations/__init__.py': '',
    'notes/migrations/0001_init.py': migration('("plans", "0001_init")', 'RunSQL("CREATE TABLE notes (id int)")'),
  });
  const url = await server.newDatabase();
  return { project, url, ...running(boundTool(django, spec), { directory: project.directory, databaseUrl: url, path }) };
}

describe('Django', () => {
  test('migrates all apps, names what cannot be undone, and has nothing to do the second time', async () => {
    const { migrate, state, argv, url } = await prepare();
    expect((await state()).pending).toHaveLength(3);
    const outcome = await migrate();
    expect(outcome).toMatchObject({
      state: 'pass',
      measurements: {
        version: { value: { text: 'notes.0001_init,plans.0002_status' } },
        migrations: { value: { amount: 3 } },
        pending: { value: { amount: 0 } },
      },
    });
    expect(outcome.message).toContain('Cannot be undone: notes.0001_init.');
    expect((await migrate()).message).toContain('Nothing to apply');
    expect(argv.join('\n')).not.toContain(new URL(url).password);
  });

  test('one app goes up with what it depends on, down by steps, and to a migration', async () => {
    const { migrate, state, down } = await prepare({ app: 'plans' });
    expect(await migrate()).toMatchObject({ state: 'pass', measurements: { version: { value: { text: 'plans.0002_status' } } } });
    expect(await down({ steps: 1 })).toMatchObject({ exitCode: 0, migrations: [{ name: 'plans.0002_status' }] });
    expect((await state()).current).toEqual(['plans.0001_init']);
    await down({ to: 'plans zero' });
    expect((await state()).current).toEqual([]);
    await expect(down({ steps: 1 })).rejects.toMatchObject({ reason: 'not_found' });
  });

  test('a migration that cannot be undone says so', async () => {
    const { migrate, down } = await prepare();
    await migrate();
    expect(await down({ to: 'notes.zero' })).toMatchObject({ exitCode: 1, problem: expect.stringContaining('not reversible') });
  });

  test('that fails half-way says with what, and what was applied', async () => {
    const { migrate, project } = await prepare();
    await project.write(
      'plans/migrations/0003_bad.py',
      migration('("plans", "0002_status")', 'RunSQL("ALTER TABLE absent ADD a int")'),
    );
    const outcome = await migrate();
    expect(outcome).toMatchObject({ state: 'fail', reason: 'migration_failed' });
    expect(outcome.message).toContain('relation "absent" does not exist');
    expect(outcome.message).toContain('Not applied: plans.0003_bad.');
  });

  test('two leaves of one app are told before anything is run', async () => {
    const { migrate, project } = await prepare();
    await project.write('plans/migrations/0002_other.py', migration('("plans", "0001_init")', 'RunSQL("SELECT 1")'));
    const outcome = await migrate();
    expect(outcome).toMatchObject({ state: 'fail', reason: 'multiple_heads' });
    expect(outcome.message).toContain('plans.0002_other, plans.0002_status');
  });

  test('that leaves an app out is found out', async () => {
    const { project, url } = await prepare();
    const command = [
      'bash',
      '-c',
      'if [ "$1" = migrate ]; then python3 manage.py "$@" plans; else python3 manage.py "$@"; fi',
      'manage',
    ];
    const half = running(boundTool(django, { command }), { directory: project.directory, databaseUrl: url, path });
    const outcome = await half.migrate();
    expect(outcome).toMatchObject({ state: 'fail', reason: 'migration_pending' });
    expect(outcome.message).toContain('notes.0001_init');
  });

  test('that migrates another database is not believed', async () => {
    const { migrate, project } = await prepare();
    const other = new URL(await server.newDatabase()).pathname.slice(1);
    await project.write('settings.py', SETTINGS.replace('url.path[1:]', JSON.stringify(other)));
    expect(await migrate()).toMatchObject({ state: 'fail', reason: 'tool_disagrees' });
  });

  test('its warnings are counted', async () => {
    const { migrate, project } = await prepare();
    await project.write('settings.py', SETTINGS, 'import warnings', 'warnings.warn("old setting")');
    expect(await migrate()).toMatchObject({ state: 'pass', measurements: { warnings: { value: { amount: 1 } } } });
  });
});
