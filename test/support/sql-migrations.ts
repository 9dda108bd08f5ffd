import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from '../../src/database/migrations/command.ts';
import type { BoundMigrationTool } from '../../src/database/migrations/tool.ts';
import { temporaryFolder } from './ports.ts';

/** Files of SQL and a script that applies them by psql, each as it is, as many teams do. */
const SCRIPT = `set -euo pipefail
quiet() { psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --dbname "$DATABASE_URL" "$@"; }
quiet --command "set client_min_messages = warning; create table if not exists schema_migrations (version text primary key)"
if [ "$1" = up ]; then
  for file in migrations/*.up.sql; do
    version="$(basename "$file" .up.sql)"
    [ -z "$(quiet --command "select 1 from schema_migrations where version = '$version'")" ] || continue
    quiet --file "$file" --command "insert into schema_migrations values ('$version')"
  done
else
  for version in $(quiet --command "select version from schema_migrations order by 1 desc limit $HOLDPOINT_DOWN_STEPS"); do
    [ -e "migrations/$version.down.sql" ] || { echo "$version is irreversible"; exit 1; }
    quiet --file "migrations/$version.down.sql" --command "delete from schema_migrations where version = '$version'"
  done
fi
`;

/** A folder with migrations in plain SQL: \`{ '1_users.up': 'create table …' }\`. */
export async function sqlMigrations(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = temporaryFolder();
  await mkdir(join(directory, 'migrations'));
  await writeFile(join(directory, 'migrate.sh'), SCRIPT);
  await addSqlMigrations(directory, files);
  return directory;
}

export async function addSqlMigrations(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, 'migrations', `${name}.sql`), text);
}

/** The tool that runs them. */
export function sqlTool({ down = true }: { readonly down?: boolean } = {}): BoundMigrationTool {
  const binding = command.bind({
    run: 'bash migrate.sh up',
    ...(down ? { down: 'bash migrate.sh down' } : {}),
    version: { query: 'select version from schema_migrations order by 1' },
  });
  if ('issues' in binding) throw new Error('The spec must be accepted.');
  return binding.bound;
}
