import { describe, expect, test } from 'vitest';
import { detectedTool } from '../../../src/database/migrations/detected.ts';
import { MIGRATION_TOOLS } from '../../../src/database/migrations/registry.ts';
import { projectWith, running } from '../../support/migration-tools.ts';
import { useServer } from '../../support/postgres.ts';

const server = useServer();

async function found(files: Readonly<Record<string, string>>, spec: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const { directory } = await projectWith(files);
  const tool = detectedTool(spec, MIGRATION_TOOLS);
  // What the tool itself then answers is not the question: most of these repositories are empty.
  const problem = await running(tool, { directory, databaseUrl: server.url, path: '/usr/bin:/bin' })
    .state()
    .then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
  return tool.name === 'detected' ? (problem ?? '') : tool.description;
}

describe('the tool that a repository is set up for', () => {
  test.each<[string, Readonly<Record<string, string>>]>([
    ['alembic upgrade head', { 'alembic.ini': '' }],
    ['alembic upgrade head in backend', { 'backend/alembic.ini': '', 'README.md': '' }],
    ['manage.py migrate', { 'manage.py': 'from django.core.management import execute_from_command_line' }],
    ['knex migrate:latest', { 'knexfile.ts': '', 'migrations/1_a.ts': '' }],
    ['drizzle-kit migrate', { 'drizzle.config.ts': 'export default { out: "./db" }', 'db/0000_a.sql': '' }],
    ['prisma migrate deploy', { 'prisma/schema.prisma': '', 'prisma/migrations/1_a/migration.sql': '' }],
    ['dbmate migrate', { 'db/migrations/1_a.sql': '-- migrate:up\n' }],
    ['node-pg-migrate up', { 'package.json': '{ "devDependencies": { "node-pg-migrate": "^8" } }', 'migrations/1_a.sql': '' }],
    ['flyway migrate', { 'flyway.toml': '' }],
    ['liquibase update', { 'liquibase.properties': '' }],
    ['migrate up', { 'migrations/1_a.up.sql': '', 'go.mod': '' }],
    ['sqlx migrate run', { 'Cargo.toml': '[dependencies]\nsqlx = "0.8"', 'migrations/1_a.up.sql': '' }],
    ['rails db:migrate', { 'bin/rails': '', 'db/migrate/1_a.rb': '' }],
    ['the SQL files in sql', { 'sql/1_a.sql': '' }],
  ])('%s', async (description, files) => {
    expect(await found(files)).toBe(description);
  });

  test('two of them: both are named, with what to write', async () => {
    const files = { 'backend/alembic.ini': '', 'api/knexfile.js': '' };
    expect(await found(files)).toBe(
      'The repository is set up for knex (api/knexfile.js) and alembic (backend/alembic.ini). Say in the plan which one migrates: `run: { tool: knex, directory: api }`, or `run: { tool: alembic, directory: backend }`.',
    );
    expect(await found(files, { directory: 'backend' })).toBe('alembic upgrade head in backend');
  });

  test('none of them: what was looked for is named', async () => {
    expect(await found({ 'README.md': '' })).toMatch(
      /^No migration tool was found in the repository\. Looked for alembic, django,/,
    );
  });

  test('what the plan says goes to the tool that is found, and must fit it', async () => {
    expect(await found({ 'backend/manage.py': 'django' }, { app: 'plans' })).toBe('manage.py migrate plans in backend');
    expect(await found({ 'alembic.ini': '' }, { app: 'plans' })).toContain('does not fit it');
  });
});
