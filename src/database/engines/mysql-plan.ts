import { MeasurementError } from '../../checklist/errors.ts';
import type { EnginePlan, TableUse } from './engine-plan.ts';
import type { EngineSession } from './session.ts';
import { tokensOf } from './sql-tokens.ts';

/**
 * What stands for a parameter, tried in turn: the server plans no statement with an unknown one. The first is a date, a number and a
 * text at once.
 */
const VALUES = ["'20010101'", '1'] as const;

/** @throws MeasurementError when the server does not understand the query. */
export async function explainMysql(session: EngineSession, sql: string): Promise<EnginePlan> {
  let last: EnginePlan | undefined;
  let failure: unknown;
  for (const value of VALUES) {
    const given = withValues(sql, value);
    try {
      const [row] = await session.query(`EXPLAIN FORMAT=JSON ${given}`);
      const json = String(Object.values(row ?? {})[0] ?? '');
      last = readPlan(json, given, session.label);
      if (last.uses.length > 0) return last;
    } catch (error) {
      failure ??= error;
    }
    if (given === sql) break;
  }
  if (last === undefined) throw failure;
  return last;
}

function withValues(sql: string, value: string): string {
  let result = '';
  let copied = 0;
  const tokens = tokensOf(sql, 'mysql');
  for (const [index, { text, at }] of tokens.entries()) {
    if (!/^(?:\?|\$\d+)$/.test(text)) continue;
    const before = tokens[index - 1]?.text.toLowerCase() ?? '';
    const isCount =
      before === 'limit' || before === 'offset' || (before === ',' && tokens[index - 3]?.text.toLowerCase() === 'limit');
    result += sql.slice(copied, at) + (isCount ? '10' : value);
    copied = at + text.length;
  }
  return result + sql.slice(copied);
}

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

function readPlan(json: string, sql: string, label: string): EnginePlan {
  let root: unknown;
  try {
    root = JSON.parse(json);
  } catch (cause) {
    throw new MeasurementError('bad_response', `${label} answered EXPLAIN FORMAT=JSON with something that is no JSON.`, {
      cause,
    });
  }
  const uses: TableUse[] = [];
  const messages: string[] = [];
  let sorts = 0;
  const visit = (value: unknown): void => {
    const inside = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
    inside.forEach(visit);
    if (!isObject(value)) return;
    if (typeof value['table_name'] === 'string' && isTable(value)) uses.push(readUse(value['table_name'], value));
    if (typeof value['message'] === 'string') messages.push(value['message']);
    if ('filesort' in value || value['using_filesort'] === true) sorts += 1;
  };
  visit(root);
  return { uses, sorts, instead: messages[0], text: `${sql}\n\n${json}` };
}

/** The result of a subquery is read whole, and is no table. */
const isTable = (table: Json): boolean =>
  !String(table['table_name']).startsWith('<') && !('materialized_from_subquery' in table);

/** Ways to find rows by the first keys of an index. Source: MySQL's reference manual, "EXPLAIN Join Types". */
const LOOKUPS = new Set([
  'const',
  'eq_ref',
  'ref',
  'ref_or_null',
  'range',
  'fulltext',
  'index_merge',
  'unique_subquery',
  'index_subquery',
]);

function readUse(table: string, node: Json): TableUse {
  const access = String(node['access_type'] ?? '');
  const skips = node['using_index_for_skip_scan'] === true || Boolean(node['using_index_for_group_by']);
  const possible = Array.isArray(node['possible_keys']) ? node['possible_keys'].map(String) : [];
  const by = LOOKUPS.has(access) ? (skips ? 'skip' : 'condition') : access === 'index' ? 'walk' : 'scan';
  return { table, indexes: by === 'scan' ? [] : keysOf(node), by, possible };
}

/** `plans_status`, `union(a,b)`, or the keys of MariaDB's `index_merge`. */
function keysOf(node: Json): readonly string[] {
  const { key, index_merge: merged } = node;
  if (typeof key === 'string')
    return (
      /^\w+\((.*)\)$/
        .exec(key)?.[1]
        ?.split(',')
        .map((each) => each.trim()) ?? [key]
    );
  const keys: string[] = [];
  const visit = (value: unknown): void => {
    const inside = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
    inside.forEach(visit);
    if (!isObject(value)) return;
    if (typeof value['key'] === 'string') keys.push(value['key']);
  };
  visit(merged);
  return keys;
}
