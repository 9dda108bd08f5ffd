import * as z from 'zod';
import { MeasurementError } from '../../checklist/errors.ts';
import type { Session } from '../client.ts';
import type { PlacedNode } from './plan-node.ts';

/**
 * The tables of a plan and of the named indexes with their partitions, and all their indexes: one round trip.
 *
 * `leading` is the first key as EXPLAIN writes it in conditions. An index of a partition is known by its topmost parent too, since
 * EXPLAIN names only the partition's own.
 */
const SURROUNDINGS = `
WITH named AS (
  SELECT c.oid, i.indrelid, u.written
  FROM unnest($1::text[], $2::text[], $3::text[]) AS u(written, s, x)
  JOIN pg_class c ON c.relname = u.x::name
  JOIN pg_index i ON i.indexrelid = c.oid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE CASE WHEN u.s IS NULL THEN pg_table_is_visible(c.oid) ELSE n.nspname = u.s::name END
), bases AS (
  SELECT indrelid AS oid FROM named
  UNION
  SELECT c.oid FROM unnest($4::text[], $5::text[]) AS u(s, x)
  JOIN pg_namespace n ON n.nspname = u.s::name JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = u.x::name
), tables AS (
  SELECT oid FROM bases
  UNION SELECT p.relid FROM bases b, pg_partition_tree(pg_partition_root(b.oid)) p
)
SELECT t.oid::text AS table_oid, tn.nspname::text AS schema, t.relname::text AS "table", t.relkind::text AS table_kind,
       t.oid::regclass::text AS table_sql, coalesce(top.relname, t.relname)::text AS top_table,
       t.reltuples::float8 AS rows, t.relpages AS pages, pg_relation_size(t.oid) / current_setting('block_size')::int AS real_pages,
       pg_has_role(t.relowner, 'USAGE') AS owned,
       c.oid::text AS index_oid, c.relname::text AS index, c.oid::regclass::text AS index_sql,
       coalesce(topi.relname, c.relname)::text AS top_index, ci.inhparent IS NOT NULL AS attached,
       am.amname::text AS method, i.indisvalid AND i.indisready AND i.indislive AS valid, i.indkey[0] <> 0 AS plain_column, i.indnkeyatts::int AS keys,
       pg_get_indexdef(c.oid, 1, false) AS leading, pg_get_expr(i.indpred, i.indrelid) AS predicate,
       quote_ident(con.conname) AS constraint_sql,
       ARRAY(SELECT n.written FROM named n
             WHERE n.oid = c.oid OR c.oid IN (SELECT relid FROM pg_partition_tree(n.oid)))::text[] AS written
FROM tables b
JOIN pg_class t ON t.oid = b.oid
JOIN pg_namespace tn ON tn.oid = t.relnamespace
LEFT JOIN pg_class top ON top.oid = pg_partition_root(t.oid)
LEFT JOIN pg_index i ON i.indrelid = t.oid
LEFT JOIN pg_class c ON c.oid = i.indexrelid
LEFT JOIN pg_class topi ON topi.oid = pg_partition_root(c.oid)
LEFT JOIN pg_inherits ci ON ci.inhrelid = c.oid
LEFT JOIN pg_am am ON am.oid = c.relam
LEFT JOIN LATERAL (
  SELECT conname FROM pg_constraint WHERE conindid = c.oid AND conrelid = t.oid AND contype IN ('p', 'u', 'x') LIMIT 1
) con ON true
ORDER BY 2, 3, c.relname`;

const rowSchema = z.object({
  table_oid: z.string(),
  schema: z.string(),
  table: z.string(),
  table_kind: z.string(),
  table_sql: z.string(),
  top_table: z.string(),
  rows: z.number(),
  pages: z.number(),
  real_pages: z.coerce.number().nullable(),
  owned: z.boolean(),
  index_oid: z.string().nullable(),
  index: z.string().nullable(),
  index_sql: z.string().nullable(),
  top_index: z.string().nullable(),
  attached: z.boolean(),
  method: z.string().nullable(),
  valid: z.boolean().nullable(),
  plain_column: z.boolean().nullable(),
  keys: z.number().nullable(),
  leading: z.string().nullable(),
  predicate: z.string().nullable(),
  constraint_sql: z.string().nullable(),
  written: z.array(z.string()),
});

/** A table that a query touches, as the planner knows it. */
export interface KnownTable {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  /** Quoted where it must be. */
  readonly sqlName: string;
  /** Of a partition the table that it belongs to. */
  readonly topName: string;
  readonly partitioned: boolean;
  /** From the last VACUUM or ANALYZE; -1 before the first. */
  readonly rows: number;
  readonly pages: number;
  /** What it really has now. */
  readonly realPages: number;
  readonly owned: boolean;
}

export interface KnownIndex {
  readonly oid: string;
  readonly name: string;
  readonly sqlName: string;
  /** Of a partition's index the name of its topmost parent. */
  readonly topName: string;
  /** It is part of a partitioned index. */
  readonly attached: boolean;
  readonly table: KnownTable;
  readonly method: string;
  /** The planner may use it. */
  readonly valid: boolean;
  /** The first key, as EXPLAIN writes it. */
  readonly leading: string;
  /** The first key is a column, not an expression. */
  readonly plainColumn: boolean;
  readonly keys: number;
  readonly predicate?: string;
  /** The constraint that it belongs to, quoted. */
  readonly constraint?: string;
  /** Under which of the names asked for it stands: it is that index, or a partition's part of it. */
  readonly asked: readonly string[];
}

export interface Surroundings {
  readonly tables: readonly KnownTable[];
  readonly indexes: readonly KnownIndex[];
}

/** @param uses names of indexes, perhaps with a schema. */
export async function readSurroundings(
  session: Session,
  uses: readonly string[],
  nodes: readonly PlacedNode[],
): Promise<Surroundings> {
  const parts = uses.map((written) => /^(?:([^."]+)\.)?(.+)$/.exec(written) ?? [written, undefined, written]);
  const tables = nodes.flatMap(({ table }) => table ?? []);
  const { rows } = await session.query(SURROUNDINGS, [
    uses,
    parts.map(([, schema]) => schema ?? null),
    parts.map(([, , name]) => name),
    tables.map(({ schema }) => schema),
    tables.map(({ name }) => name),
  ]);
  const parsed = z.array(rowSchema).safeParse(rows);
  if (!parsed.success) {
    throw new MeasurementError('bad_response', `The catalog of ${session.label} has an unknown form: ${parsed.error.message}`);
  }
  const known = new Map(parsed.data.map((row) => [row.table_oid, tableOf(row)]));
  return { tables: [...known.values()], indexes: parsed.data.flatMap((row) => indexOf(row, known.get(row.table_oid))) };
}

type Row = z.infer<typeof rowSchema>;

function tableOf(row: Row): KnownTable {
  return {
    oid: row.table_oid,
    schema: row.schema,
    name: row.table,
    sqlName: row.table_sql,
    topName: row.top_table,
    partitioned: row.table_kind === 'p',
    rows: row.rows,
    pages: row.pages,
    realPages: row.real_pages ?? 0,
    owned: row.owned,
  };
}

function indexOf(row: Row, table: KnownTable | undefined): readonly KnownIndex[] {
  if (table === undefined || row.index_oid === null || row.index === null) return [];
  return [
    {
      oid: row.index_oid,
      name: row.index,
      sqlName: row.index_sql ?? row.index,
      topName: row.top_index ?? row.index,
      attached: row.attached,
      table,
      method: row.method ?? '',
      valid: row.valid === true,
      leading: withoutParentheses(row.leading ?? '', row.plain_column === true),
      keys: row.keys ?? 1,
      plainColumn: row.plain_column === true,
      asked: row.written,
      ...(row.predicate === null ? {} : { predicate: row.predicate }),
      ...(row.constraint_sql === null ? {} : { constraint: row.constraint_sql }),
    },
  ];
}

/** An expression that is no function call stands in parentheses of its own, which a condition does not have. */
function withoutParentheses(key: string, isColumn: boolean): string {
  return !isColumn && key.startsWith('((') && key.endsWith('))') ? key.slice(1, -1) : key;
}
