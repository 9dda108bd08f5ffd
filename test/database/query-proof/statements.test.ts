import { beforeAll, describe, expect, test } from 'vitest';
import type { Quantity, Value } from '../../../src/criteria/value.ts';
import { withSession } from '../../../src/database/client.ts';
import type { StatementOrder } from '../../../src/database/query-proof/statement-orders.ts';
import { readStatements } from '../../../src/database/query-proof/statements.ts';
import { testPorts } from '../../support/ports.ts';
import { sql, useServer } from '../../support/postgres.ts';
import { loadStatements } from '../../support/statements.ts';
import { lacksPostgres } from '../../support/tools.ts';

const { secrets } = testPorts();

describe.skipIf(await lacksPostgres())('pg_stat_statements', () => {
  const server = useServer('postgresql');
  const read = (url: string, by: StatementOrder = 'total_time', top = 10) =>
    withSession(url, { secrets }, (session) => readStatements(session, { top, by }));

  test('that is not there is an error that says what to do', async () => {
    await expect(read(server.url)).rejects.toThrow(
      /does not have the extension pg_stat_statements\. Add it to .*CREATE EXTENSION/,
    );
  });

  test('that was not loaded when the server started is another', async () => {
    const url = await server.newDatabase();
    await sql(url, 'CREATE EXTENSION pg_stat_statements');
    await expect(read(url)).rejects.toMatchObject({ reason: 'unsupported', message: expect.stringContaining('did not load it') });
  });

  describe('when it is loaded', () => {
    let url: string;
    beforeAll(async () => {
      await loadStatements(server.url);
      url = await server.newDatabase();
      await sql(
        url,
        'CREATE SCHEMA extensions',
        'CREATE EXTENSION pg_stat_statements SCHEMA extensions',
        'CREATE TABLE plans (id int, status text)',
        'INSERT INTO plans SELECT g, g::text FROM generate_series(1, 50) g',
        ...Array.from({ length: 3 }, (_, n) => `SELECT * FROM plans WHERE id = ${n}`),
        'SELECT pg_sleep(0.06)',
        '/* app */ SELECT count(*) FROM plans',
        'VACUUM plans',
      );
    });

    test('tells what was seen most of, normalised, with its times and calls', async () => {
      const seen = await read(url);
      expect(seen[0]?.sql).toBe('SELECT pg_sleep($1)');
      const mean = seen[0]?.measurements['mean_exec_time']?.value;
      expect(amount(mean)).toBeGreaterThan(0.05);
      expect(amount(mean)).toBeLessThan(5);
      const looked = seen.find(({ sql: text }) => text === 'SELECT * FROM plans WHERE id = $1');
      expect(amount(looked?.measurements['calls']?.value)).toBe(3);
      expect(amount(looked?.measurements['rows']?.value)).toBe(2);
      expect(looked?.perhapsCut).toBe(false);
      expect(seen.map(({ sql: text }) => text)).toContain('/* app */ SELECT count(*) FROM plans');
      expect(seen.filter(({ sql: text }) => /^(?:VACUUM|CREATE)/.test(text ?? ''))).toEqual([]);
    });

    test('in the order asked for, and no more', async () => {
      const [first, ...rest] = await read(url, 'rows', 1);
      expect(first?.sql).toContain('INSERT INTO plans');
      expect(rest).toEqual([]);
    });

    test('a text that may be cut is marked', async () => {
      await sql(url, `SELECT * FROM plans WHERE id IN (1) ${'AND status IS NOT NULL '.repeat(60)}`);
      const seen = await read(url, 'calls', 200);
      expect(seen.find(({ sql: text }) => text?.includes('IS NOT NULL'))?.perhapsCut).toBe(true);
    });

    test('a text of another user is not known', async () => {
      await sql(url, `CREATE ROLE reader LOGIN PASSWORD 'secret'`, 'GRANT USAGE ON SCHEMA extensions TO reader');
      const seen = await read(url.replace(/\/\/postgres:[^@]+@/, '//reader:secret@'));
      expect(seen.length).toBeGreaterThan(0);
      expect(seen.every(({ sql: text }) => text === undefined)).toBe(true);
    });
  });
});

function amount(value: Value | undefined): number {
  const isQuantity = (found: Value): found is Quantity => found.kind === 'quantity';
  if (value === undefined || !isQuantity(value)) throw new Error('It must be a quantity.');
  return value.amount;
}
