import { explain } from './explain.ts';
import { conditionsOf, type PlanNode, placedNodes } from './plan-node.ts';
import type { Given } from './proof.ts';
import { usesOf } from './service.ts';
import type { KnownIndex, KnownTable } from './surroundings.ts';
import { attempted } from './transaction.ts';

/**
 * An index that serves the query: built inside the transaction, and seen in the plan with a condition on its first key. Only on a
 * throwaway database: it keeps others from writing to the table.
 */
export async function suggestIndex(given: Given, plan: PlanNode): Promise<string | undefined> {
  const { around } = given;
  for (const { node, table: read } of placedNodes(plan)) {
    const table = around.tables.find(({ schema, name }) => schema === read?.schema && name === read.name);
    if (table === undefined || read === undefined || node['Relation Name'] === undefined) continue;
    const top = around.tables.find(({ name, schema }) => name === table.topName && schema === table.schema) ?? table;
    for (const keys of candidates(conditionsOf(node).join(' AND '), read.alias)) {
      if (await serves(given, top, keys)) {
        return `CREATE INDEX${top.partitioned ? '' : ' CONCURRENTLY'} ON ${top.sqlName} (${keys});`;
      }
    }
  }
  return undefined;
}

async function serves({ session, statement, around }: Given, table: KnownTable, keys: string): Promise<boolean> {
  const built = await attempted(session, async () => {
    await session.run(`CREATE INDEX ON ${table.sqlName} (${keys}); SET LOCAL enable_seqscan = off`);
    return explain(session, statement);
  });
  // Of an expression that is not immutable there is no index.
  if ('refused' in built) return false;
  const candidate: KnownIndex = {
    ...{ oid: '', name: '', sqlName: '', topName: '', attached: false, method: 'btree', valid: true, asked: [] },
    ...{ leading: '', plainColumn: true, keys: 1, table },
  };
  // Its name is the server's choice, and that of its partitions: it is any that was not there before.
  const isNew = (name: string): boolean => around.indexes.every((index) => index.name !== name);
  const uses = usesOf(built.result, undefined, (name) => (isNew(name) ? candidate : undefined));
  return uses.some(({ use }) => use.by === 'condition');
}

const COLUMN = `([a-z_][a-z0-9_$]*|"(?:[^"]|"")+")`;
const TEXT = `(?:::(?:text|character varying|bpchar))?`;

/** Keys that might serve a condition as the server writes it: columns compared for equality and one range, patterns, expressions. */
function candidates(condition: string, alias: string): readonly string[] {
  const own = condition.replaceAll(`(${alias}.`, '(');
  const found = (operators: string): readonly string[] =>
    [...own.matchAll(new RegExp(String.raw`\(\(?${COLUMN}\)?${TEXT} (?:${operators}) `, 'g'))].flatMap(
      ([, column]) => column ?? [],
    );
  const plain = [...new Set([...found('='), ...found('<|>|<=|>=').slice(0, 1)])];
  const patterns = found('~~').map((column) => `${column} text_pattern_ops`);
  const calls = [...own.matchAll(/\(([a-z_][\w.]*\([^=<>$]*?\)) (?:=|<|>|<=|>=|~~) /g)].flatMap(([, call]) => call ?? []);
  const casts = [...own.matchAll(new RegExp(String.raw`\((\(${COLUMN}\)::[a-z][a-z0-9_ ]*) (?:=|<|>|<=|>=) `, 'g'))];
  return [
    ...(plain.length === 0 ? [] : [plain.join(', ')]),
    ...patterns,
    ...calls,
    ...casts.flatMap(([, cast]) => (cast === undefined ? [] : [`(${cast})`])),
  ];
}
