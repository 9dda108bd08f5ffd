// The sample's own migration tool: runs migrations/*.sql in order, each in a transaction, and keeps its table.
//   node migrate.mjs up
//   node migrate.mjs down      takes back the last one, by its .down.sql
import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';

const [direction = 'up'] = process.argv.slice(2);
const folder = new URL('./migrations/', import.meta.url);
const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
try {
  await client.query('create table if not exists schema_migrations (version text primary key)');
  const { rows } = await client.query('select version from schema_migrations order by version');
  const applied = rows.map((row) => row.version);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql') && !file.endsWith('.down.sql')).sort();
  if (direction === 'up') {
    for (const file of files) {
      const version = file.replace(/\.sql$/, '');
      if (applied.includes(version)) continue;
      console.log(`Applying ${version}`);
      await run(await readFile(new URL(file, folder), 'utf8'), 'insert into schema_migrations values ($1)', version);
    }
  } else {
    const version = applied.at(-1);
    if (version === undefined) throw new Error('There is nothing to take back.');
    console.log(`Taking back ${version}`);
    await run(
      await readFile(new URL(`${version}.down.sql`, folder), 'utf8'),
      'delete from schema_migrations where version = $1',
      version,
    );
  }
} finally {
  await client.end();
}

async function run(sql, record, version) {
  await client.query('begin');
  try {
    await client.query(sql);
    await client.query(record, [version]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}
