import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { command } from '../../../src/database/migrations/command.ts';
import type { BoundMigrationTool, MigrationContext } from '../../../src/database/migrations/tool.ts';
import { testPorts } from '../../support/ports.ts';
import { sql, useServer } from '../../support/postgres.ts';

const server = useServer();
const VERSION = { query: 'select version from schema_migrations order by version;' };

function tool(spec: object): BoundMigrationTool {
  const binding = command.bind({ version: VERSION, ...spec });
  if ('issues' in binding) throw new Error(binding.issues.map(({ message }) => message).join());
  return binding.bound;
}

async function context(): Promise<MigrationContext> {
  return { ...testPorts(), databaseUrl: await server.newDatabase(), progress: () => undefined };
}

describe('a command that migrates', () => {
  test('gets the URL in its environment, and the database tells what came in', async () => {
    const given = await context();
    // Stands for a tool: the table is made by us, so that the test needs no client program.
    await sql(given.databaseUrl, 'CREATE TABLE schema_migrations (version text)');
    await writeFile(join(given.directory, 'migrate.mjs'), MIGRATE);
    const own = tool({ run: ['node', 'migrate.mjs'] });
    expect(await own.current(given)).toEqual([]);
    expect(await own.apply(given)).toMatchObject({ exitCode: 0, migrations: [{ name: '001' }, { name: '002' }] });
    expect(await own.current(given)).toEqual(['001', '002']);
  });

  test('is at no version while its table does not exist', async () => {
    expect(await tool({ run: 'true' }).current(await context())).toEqual([]);
  });

  test('that fails says so with its last words, and its warnings are counted', async () => {
    const failing = tool({ run: 'echo "warning: slow" >&2; echo "error: no such file" >&2; exit 3' });
    expect(await failing.apply(await context())).toMatchObject({
      exitCode: 3,
      problem: 'error: no such file',
      warnings: ['warning: slow'],
    });
  });

  test('that prints a million lines is counted to the end, and only its last words are kept', async () => {
    const noisy = tool({ run: 'yes "warning: again" | head -n 1000000; echo "error: at last"; exit 1' });
    const { warningCount, warnings, output, problem } = await noisy.apply(await context());
    expect(warningCount).toBe(1_000_000);
    expect(warnings.length).toBeLessThan(1000);
    expect(output.length).toBeLessThan(100_000);
    expect(problem).toBe('error: at last');
  });

  test('can tell the heads by another command, or cannot tell them', async () => {
    const given = await context();
    expect(await tool({ run: 'true', heads: 'printf "001\\n002\\n"' }).heads(given)).toEqual(['001', '002']);
    expect(await tool({ run: 'true' }).heads(given)).toBeUndefined();
    await expect(tool({ run: 'true', heads: 'false' }).heads(given)).rejects.toMatchObject({ reason: 'command_failed' });
  });

  test('undoes by a command that is told how far, when the plan has one', async () => {
    const given = await context();
    const down = tool({ run: 'true', down: 'echo "steps=$HOLDPOINT_DOWN_STEPS to=$HOLDPOINT_DOWN_TO"' });
    expect(await down.down({ steps: 2 }, given)).toMatchObject({ output: 'steps=2 to=' });
    expect(await down.down({ to: '001' }, given)).toMatchObject({ output: 'steps= to=001' });
    await expect(tool({ run: 'true' }).down({ steps: 1 }, given)).rejects.toMatchObject({ reason: 'unsupported' });
  });
});

const MIGRATE = `
import { createRequire } from 'node:module';
const { Client } = createRequire(${JSON.stringify(import.meta.url)})('pg');
const client = new Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
await client.query("INSERT INTO schema_migrations VALUES ('001'), ('002')");
await client.end();
`;
