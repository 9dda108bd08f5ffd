import { describe, expect, test } from 'vitest';
import { readServerLog } from '../../../src/database/x-ray/server-log.ts';
import { idsOf, traceOf } from '../../../src/database/x-ray/trace.ts';

const at = '2026-01-02 03:04:05.678 UTC [7] 3/9';
const ddl = (sql: string) => {
  const common = { tag: 'CREATE TABLE', at: 0, pid: 7, xid: '1', locks: [] };
  const start = { ...common, event: 'ddl_command_start', sql, lockTimeout: '0' };
  const end = { ...common, event: 'ddl_command_end', tables: [] };
  return [start, end].map((record) => `${at} LOG:  holdpoint-xray ${JSON.stringify(record)}`);
};

/** Which migration each statement is given to. */
function attributed(lines: readonly string[], migrations: readonly string[]): readonly (string | undefined)[] {
  return traceOf(readServerLog(`${lines.join('\n')}\n`), migrations).statements.map(({ migration }) => migration);
}

describe('a statement belongs to the migration', () => {
  test('whose version is written after it', () => {
    const lines = [
      ...ddl('create table a ()'),
      `${at} LOG:  statement: INSERT INTO alembic_version (version_num) VALUES ('aaa')`,
      ...ddl('create table b ()'),
      `${at} LOG:  statement: UPDATE alembic_version SET version_num='bbb' WHERE alembic_version.version_num = 'aaa'`,
    ];
    expect(attributed(lines, ['aaa, first', 'bbb, second'])).toEqual(['aaa, first', 'bbb, second']);
  });

  test('whose version is a parameter, written before and after it (golang-migrate)', () => {
    const write = (version: string, dirty: string) => [
      `${at} LOG:  execute <unnamed>: INSERT INTO "public"."schema_migrations" (version, dirty) VALUES ($1, $2)`,
      `${at} DETAIL:  parameters: $1 = '${version}', $2 = '${dirty}'`,
    ];
    const lines = [
      ...[...write('1', 't'), ...ddl('create table a ()'), ...write('1', 'f')],
      ...[...write('2', 't'), ...ddl('create table b ()'), ...write('2', 'f')],
    ];
    expect(attributed(lines, ['1_a.up.sql', '2_b.up.sql'])).toEqual(['1_a.up.sql', '2_b.up.sql']);
  });

  test('that was begun before it (Prisma)', () => {
    const begin = (name: string) =>
      `${at} LOG:  statement: INSERT INTO "_prisma_migrations" (id, migration_name) VALUES ('x', '${name}')`;
    const lines = [begin('20260101_a'), ...ddl('create table a ()'), begin('20260102_b'), ...ddl('create table b ()')];
    expect(attributed(lines, ['20260101_a', '20260102_b'])).toEqual(['20260101_a', '20260102_b']);
  });

  test('or to none that is known, which the trace says', () => {
    const trace = traceOf(readServerLog(`${ddl('create table a ()').join('\n')}\n`), ['a', 'b']);
    expect(trace.statements[0]?.migration).toBeUndefined();
    expect(trace.attributed).toBe(false);
  });
});

test('a text with several statements is told apart, also over several lines', () => {
  const whole = "create table a (x text default ';');\n-- one; two\ncreate table b ()";
  const lines = [`${at} LOG:  statement: ${whole.replaceAll('\n', '\n\t')}`, ...ddl(whole), ...ddl(whole)];
  const { statements } = traceOf(readServerLog(lines.join('\n')), []);
  expect(statements.map(({ sql }) => sql)).toEqual(["create table a (x text default ';')", 'create table b ()']);
});

test.each([
  ['5403edb1d087, optimise plans', ['5403edb1d087']],
  ['20260101000000_users.sql', ['20260101000000_users.sql', '20260101000000_users', '20260101000000']],
  ['app.0001_initial', ['app.0001_initial', '0001_initial', '0001']],
])('%s may be called %j', (migration, ids) => {
  expect(idsOf(migration)).toEqual(ids);
});
