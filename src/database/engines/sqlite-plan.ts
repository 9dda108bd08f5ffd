import type { EnginePlan, TableUse } from './engine-plan.ts';
import type { EngineSession } from './session.ts';

/** @throws MeasurementError when SQLite does not understand the query, or refuses its INDEXED BY: `no query solution`. */
export async function explainSqlite(session: EngineSession, sql: string): Promise<EnginePlan> {
  // Parameters stay unbound: without STAT4 a plan does not depend on them.
  const rows = await session.query(`EXPLAIN QUERY PLAN ${sql}`);
  const lines = rows.map((row) => String(row['detail'] ?? ''));
  // The result of a subquery is read whole, and is no table.
  const results = new Set(lines.flatMap((line) => /^(?:MATERIALIZE|CO-ROUTINE)\s+(.+)$/.exec(line)?.[1] ?? []));
  const uses = lines.flatMap((line) => readUse(line) ?? []).filter(({ table }) => !results.has(table) && !table.startsWith('('));
  const sorts = lines.filter((line) => /^USE TEMP B-TREE FOR (?:.*\b)?ORDER BY/.test(line)).length;
  return { uses, sorts, instead: undefined, text: `${sql}\n\n${lines.join('\n')}` };
}

/** Before 3.36 it is `SEARCH TABLE plans AS p`. */
const READS = /^(SEARCH|SCAN) (?:TABLE )?(.+?)(?: AS (.+?))?(?: USING (.+)| VIRTUAL TABLE INDEX .+)?$/;

function readUse(line: string): TableUse | undefined {
  if (line.startsWith('SCAN CONSTANT ROW')) return undefined;
  const [, how, name, alias, using = ''] = READS.exec(line) ?? [];
  if (how === undefined || name === undefined) return undefined;
  const table = alias ?? name;
  const whole: TableUse = { table, indexes: [], by: 'scan', possible: [] };
  if (using.startsWith('INTEGER PRIMARY KEY'))
    return how === 'SEARCH' ? { ...whole, by: 'condition', indexes: ['INTEGER PRIMARY KEY'] } : whole;
  const [, index, condition = ''] = /^(?:COVERING )?INDEX (.+?)(?: \((.*)\))?$/.exec(using) ?? [];
  // An AUTOMATIC index is built for this query alone, from the whole table.
  if (index === undefined) return whole;
  if (how === 'SCAN') return { ...whole, by: 'walk', indexes: [index] };
  return { ...whole, by: condition.startsWith('ANY(') ? 'skip' : 'condition', indexes: [index] };
}
