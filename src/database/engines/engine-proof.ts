import { MeasurementError } from '../../checklist/errors.ts';
import type { Choice, Finding, QueryExpectation, QueryProof } from '../query-proof/proof.ts';
import type { EngineCatalog, EngineIndex, EngineTable } from './engine-index.ts';
import type { EnginePlan, TableUse } from './engine-plan.ts';
import { readMysqlCatalog } from './mysql-catalog.ts';
import { explainMysql } from './mysql-plan.ts';
import type { EngineSession } from './session.ts';
import { sameName, tokensOf } from './sql-tokens.ts';
import { readSqliteCatalog } from './sqlite-catalog.ts';
import { explainSqlite } from './sqlite-plan.ts';
import { type TableReference, tableReferences, withHint } from './table-references.ts';

/** Below it MySQL and MariaDB read a table whole whatever its indexes. */
const TELLING_ROWS = 1000;

/**
 * Proves whether an index can serve a query of MySQL, MariaDB or SQLite: by the planner's own choice, else by its plan when a hint
 * holds it to the index. Nothing is executed.
 *
 * @throws MeasurementError when the engine does not understand the query, with its own words.
 */
export async function proveEngineQuery(session: EngineSession, expected: QueryExpectation): Promise<QueryProof> {
  const { engine } = session;
  const catalog = await (engine === 'mysql' ? readMysqlCatalog(session) : readSqliteCatalog(session));
  if (expected.rows !== undefined) {
    throw new MeasurementError(
      'unsupported',
      `Rows can be assumed on PostgreSQL only: take \`rows\` out, or fill the table before its query is judged on ${catalog.product}.`,
    );
  }
  const sql = oneStatement(expected.sql, engine);
  const parameters = tokensOf(sql, engine).filter(({ text }) => /^(?:\?\d*|\$\d+)$/.test(text)).length;
  const explain = (text: string): Promise<EnginePlan> =>
    engine === 'mysql' ? explainMysql(session, text) : explainSqlite(session, text);
  const shared = {
    costs: undefined,
    hiding: 'hint',
    assumed: [],
    tables: [],
    parameters,
    node: undefined,
    suggestion: undefined,
  } as const;
  if (engine === 'mysql' && /^(?:insert|update|delete|replace)\b/i.test(sql)) {
    // EXPLAIN of a write is refused in a read-only session, and no other session is opened.
    const finding: Finding = { kind: 'unproven', index: expected.uses.join(', '), why: { kind: 'writes' } };
    return {
      ...shared,
      finding,
      choice: { indexes: [], scans: [], statistics: 'small' },
      chosenPlan: sql,
      provenPlan: undefined,
    };
  }
  const chosen = await explain(sql);
  const references = tableReferences(sql, engine);
  const given: Given = { session, sql, expected, catalog, chosen, references, explain };
  const proved = await (expected.uses.length === 0 ? proveAny(given) : proveNamed(given));
  return {
    ...shared,
    finding: proved.finding,
    choice: choiceOf(given),
    chosenPlan: chosen.text,
    provenPlan: proved.plan === undefined || proved.plan === chosen ? undefined : proved.plan.text,
  };
}

interface Given {
  readonly session: EngineSession;
  readonly sql: string;
  readonly expected: QueryExpectation;
  readonly catalog: EngineCatalog;
  readonly chosen: EnginePlan;
  readonly references: readonly TableReference[];
  explain(sql: string): Promise<EnginePlan>;
}

interface Proved {
  readonly finding: Finding;
  readonly plan?: EnginePlan;
}

/** A second statement would be planned, or run, unseen. */
function oneStatement(written: string, engine: 'mysql' | 'sqlite'): string {
  const sql = written.trim().replace(/(?:\s*;)+$/, '');
  const tokens = tokensOf(sql, engine);
  if (tokens.some(({ text }) => text === ';')) {
    throw new MeasurementError(
      'bad_response',
      'The query has several statements, or a semicolon in its middle. Write one for each item.',
    );
  }
  if (!/^(?:select|with|values|table|insert|update|delete|replace|\()$/i.test(tokens[0]?.text ?? '')) {
    throw new MeasurementError('unsupported', 'Only SELECT, INSERT, UPDATE and DELETE have a plan that indexes serve.');
  }
  return sql;
}

function choiceOf({ chosen, catalog, references, session }: Given): Choice {
  const scans = chosen.uses.filter(({ by }) => by === 'scan').map(({ table }) => tableNamed(table, references));
  const indexes = chosen.uses.filter(({ by }) => by !== 'scan').flatMap((use) => use.indexes);
  // SQLite looks at no size before ANALYZE has run, so what it takes here it takes everywhere.
  const large = (name: string): boolean =>
    (catalog.tables.find((table) => catalog.sameTable(table.name, name))?.rows ?? 0) >= TELLING_ROWS;
  const tables = chosen.uses.map(({ table }) => tableNamed(table, references));
  const telling = session.engine === 'sqlite' || (tables.length > 0 && tables.every(large));
  return { indexes, scans, statistics: telling ? 'real' : 'small' };
}

const tableNamed = (alias: string, references: readonly TableReference[]): string =>
  references.find((each) => sameName(each.alias, alias))?.table ?? alias;

interface Named {
  readonly index: EngineIndex;
  readonly table: EngineTable;
  /** As the plan writes it. */
  readonly written: string;
}

async function proveNamed(given: Given): Promise<Proved> {
  const { expected, catalog, chosen, references } = given;
  const named = expected.uses.flatMap((written): readonly Named[] =>
    catalog.tables.flatMap((table) =>
      table.indexes
        .filter(({ name }) => sameName(name, written) || sameName(`${table.name}.${name}`, written))
        .map((index) => ({ index, table, written })),
    ),
  );
  if (named.length === 0) return { finding: { kind: 'no_index', names: expected.uses } };
  // Each table of MySQL may have an index of this name; those that the query reads are meant.
  const read = named.filter(({ table }) => references.some((each) => catalog.sameTable(each.table, table.name)));
  const [first = named[0]] = read;
  const written = first?.written ?? '';
  if (read.length === 0) return { finding: { kind: 'unproven', index: written, why: { kind: 'no_place' } } };
  for (const one of read) {
    if (usesOf(one, chosen, given).some(({ by }) => by === 'condition')) {
      return { finding: { kind: 'served', indexes: [one.written], by: 'condition' }, plan: chosen };
    }
  }
  let refusal: string | undefined;
  let walked: EnginePlan | undefined;
  let skipped = false;
  let last: EnginePlan | undefined;
  for (const one of read.filter(({ index }) => index.hidden === undefined)) {
    for (const reference of references.filter((each) => catalog.sameTable(each.table, one.table.name))) {
      const plan = await hinted(reference, [one.index.name], given).catch((error: unknown) => {
        if (!(error instanceof MeasurementError) || error.reason !== 'bad_response') throw error;
        // It could not use this index whatever the cost.
        if (!/no query solution/.test(error.message)) refusal = error.message;
        return undefined;
      });
      if (plan === undefined) continue;
      last = plan;
      const uses = usesOf(one, plan, given);
      if (uses.some(({ by }) => by === 'condition')) {
        return { finding: { kind: 'served', indexes: [one.written], by: 'condition' }, plan };
      }
      if (uses.some(({ by }) => by === 'walk')) {
        if (await savesSort(plan, reference, one.index.name, given)) {
          return { finding: { kind: 'served', indexes: [one.written], by: 'order' }, plan };
        }
        walked = plan;
      }
      if (uses.some(({ by }) => by === 'skip')) skipped = true;
    }
  }
  const hidden = read.find(({ index }) => index.hidden !== undefined)?.index.hidden;
  if (hidden !== undefined) return { finding: { kind: 'hidden', index: written, how: hidden } };
  const plan = last === undefined ? {} : { plan: last };
  if (refusal !== undefined) return { finding: { kind: 'unproven', index: written, why: { kind: 'refused', said: refusal } } };
  // A plan without a table tells nothing for or against the index.
  const empty = last !== undefined && last.uses.length === 0 ? last.instead : undefined;
  if (empty !== undefined)
    return { finding: { kind: 'unproven', index: written, why: { kind: 'no_plan', said: empty } }, ...plan };
  const key = first?.index.keys[0]?.sql ?? '';
  const cause = walked
    ? ({ kind: 'walk' } as const)
    : skipped || last
      ? ({ kind: 'first_key', key } as const)
      : ({ kind: 'unknown' } as const);
  const instead = chosen.uses.filter(({ by }) => by === 'condition').flatMap((use) => use.indexes);
  return { finding: { kind: 'unserved', index: written, cause, instead }, ...plan };
}

function usesOf({ index, table }: Named, plan: EnginePlan, { references, catalog }: Given): readonly TableUse[] {
  return plan.uses.filter(
    (use) =>
      use.indexes.some((name) => sameName(name, index.name)) && catalog.sameTable(tableNamed(use.table, references), table.name),
  );
}

function hinted(reference: TableReference, indexes: readonly string[], { sql, session, explain }: Given): Promise<EnginePlan> {
  const hint =
    session.engine === 'mysql'
      ? `FORCE INDEX (${indexes.map((name) => `\`${name.replaceAll('`', '``')}\``).join(', ')})`
      : `INDEXED BY "${(indexes[0] ?? '').replaceAll('"', '""')}"`;
  return explain(withHint(sql, reference, hint));
}

/** An order is worth something only if it saves a sort. */
async function savesSort(
  plan: EnginePlan,
  reference: TableReference,
  index: string,
  { sql, session, explain }: Given,
): Promise<boolean> {
  const hint = session.engine === 'mysql' ? `IGNORE INDEX (\`${index.replaceAll('`', '``')}\`)` : 'NOT INDEXED';
  return plan.sorts < (await explain(withHint(sql, reference, hint))).sorts;
}

async function proveAny(given: Given): Promise<Proved> {
  const { chosen, expected, references, catalog } = given;
  const name = expected.uses.join(', ');
  if (chosen.uses.length === 0) {
    const { instead } = chosen;
    if (instead !== undefined && references.length > 0) {
      return { finding: { kind: 'unproven', index: name, why: { kind: 'no_plan', said: instead } } };
    }
    return { finding: { kind: 'no_table' } };
  }
  const mayScan = (table: string): boolean => expected.mayScan?.some((each) => catalog.sameTable(each, table)) === true;
  const indexes = chosen.uses.filter(({ by }) => by === 'condition').flatMap((use) => use.indexes);
  const exempt: string[] = [];
  const tables: string[] = [];
  const walks: string[] = [];
  let plan = chosen;
  let byOrder = false;
  for (const use of chosen.uses.filter(({ by }) => by !== 'condition')) {
    const table = tableNamed(use.table, references);
    const reference = references.find((each) => sameName(each.alias, use.table));
    if (mayScan(table)) {
      exempt.push(table);
      continue;
    }
    const [walked] = use.by === 'walk' ? use.indexes : [];
    if (walked !== undefined && reference !== undefined && (await savesSort(chosen, reference, walked, given))) {
      indexes.push(walked);
      byOrder = true;
      continue;
    }
    // On a small table an index that could be used is not.
    const forced = use.possible.length > 0 && reference !== undefined ? await hinted(reference, use.possible, given) : undefined;
    const found = forced?.uses.find((each) => sameName(each.table, use.table) && each.by === 'condition');
    if (forced !== undefined && found !== undefined) {
      indexes.push(...found.indexes);
      plan = forced;
    } else if (use.indexes.length > 0) walks.push(...use.indexes);
    else tables.push(table);
  }
  if (tables.length > 0 || walks.length > 0) return { finding: { kind: 'read_whole', tables, walks }, plan };
  if (indexes.length === 0) return { finding: { kind: 'exempt', tables: exempt } };
  return { finding: { kind: 'served', indexes: [...new Set(indexes)], by: byOrder ? 'order' : 'condition' }, plan };
}
