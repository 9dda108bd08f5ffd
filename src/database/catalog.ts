import * as z from 'zod';
import { MeasurementError } from '../checklist/errors.ts';
import type { Session } from './client.ts';

/**
 * Every index of the tables in question, in one round trip whatever their number, joined by oid throughout.
 *
 * - Names are cast to `name`, so that one of more than 63 bytes is cut as the server cut it.
 * - `pg_get_indexdef(oid, k, true)` is the bare column or expression of key k.
 * - indoption, indclass and indcollation count from 0; bit 1 of indoption is DESC, bit 2 NULLS FIRST (btree only).
 * - A partitioned index (relkind I) is invalid until every partition has an attached index that is valid itself.
 * - No pg_stat view is joined: partitioned indexes have no row there.
 */
const TABLE_INDEXES = `
WITH asked AS (
  SELECT n, to_regclass(CASE WHEN s IS NULL THEN quote_ident(t::name) ELSE quote_ident(s::name) || '.' || quote_ident(t::name) END) AS oid
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS a(s, t, n)
)
SELECT a.n::int AS n, t.oid::regclass::text AS "table", t.relkind::text AS table_kind,
       ns.nspname::text AS schema, c.relname::text AS index, c.oid::regclass::text AS sql_name, am.amname::text AS method,
       i.indisunique AS is_unique, i.indisvalid AS valid, i.indisready AS ready, i.indislive AS live,
       con.contype IS NOT NULL AS of_constraint,
       pg_get_expr(i.indpred, i.indrelid, true) AS predicate, keys.keys,
       CASE WHEN c.relkind = 'I' THEN (
         SELECT jsonb_agg(p.inhrelid::regclass::text ORDER BY 1) FROM pg_inherits p
         WHERE p.inhparent = i.indrelid AND NOT EXISTS (
           SELECT FROM pg_inherits h JOIN pg_index hi ON hi.indexrelid = h.inhrelid
           WHERE h.inhparent = i.indexrelid AND hi.indrelid = p.inhrelid AND hi.indisvalid)
       ) END AS partitions_without
FROM asked a
LEFT JOIN pg_class t ON t.oid = a.oid
LEFT JOIN pg_namespace ns ON ns.oid = t.relnamespace
LEFT JOIN pg_index i ON i.indrelid = t.oid
LEFT JOIN pg_class c ON c.oid = i.indexrelid
LEFT JOIN pg_am am ON am.oid = c.relam
LEFT JOIN LATERAL (
  SELECT contype FROM pg_constraint WHERE conindid = i.indexrelid AND contype IN ('p', 'u', 'x') LIMIT 1
) con ON true
LEFT JOIN LATERAL (
  SELECT jsonb_agg(jsonb_build_object(
    'column', att.attname,
    'sql', pg_get_indexdef(i.indexrelid, k, true),
    'opclass', CASE WHEN NOT oc.opcdefault THEN oc.opcname END,
    'desc', am.amname = 'btree' AND (i.indoption[k - 1] & 1) = 1,
    'nulls_first', am.amname = 'btree' AND (i.indoption[k - 1] & 2) = 2) ORDER BY k) AS keys
  FROM generate_series(1, i.indnkeyatts) k
  LEFT JOIN pg_attribute att ON att.attrelid = i.indrelid AND att.attnum = i.indkey[k - 1] AND i.indkey[k - 1] <> 0
  LEFT JOIN pg_opclass oc ON oc.oid = i.indclass[k - 1]
) keys ON true
ORDER BY a.n, c.relname`;

const keySchema = z.object({
  /** null for an expression. */
  column: z.string().nullable(),
  /** The column, quoted where it must be, or the expression as the server writes it. */
  sql: z.string(),
  /** null for the type's default. */
  opclass: z.string().nullable(),
  desc: z.boolean(),
  nulls_first: z.boolean(),
});

const rowSchema = z.object({
  n: z.number(),
  table: z.string().nullable(),
  table_kind: z.string().nullable(),
  schema: z.string().nullable(),
  index: z.string().nullable(),
  sql_name: z.string().nullable(),
  method: z.string().nullable(),
  is_unique: z.boolean().nullable(),
  valid: z.boolean().nullable(),
  ready: z.boolean().nullable(),
  live: z.boolean().nullable(),
  of_constraint: z.boolean(),
  predicate: z.string().nullable(),
  keys: z.array(keySchema).nullable(),
  partitions_without: z.array(z.string()).nullable(),
});

export type IndexKey = z.infer<typeof keySchema>;

/** An index as the catalog has it. */
export interface CatalogIndex {
  readonly name: string;
  /** With its schema where the search path needs it, quoted: ready for SQL. */
  readonly sqlName: string;
  readonly method: string;
  readonly unique: boolean;
  /** The planner may use it. */
  readonly valid: boolean;
  /** Writes maintain it. */
  readonly ready: boolean;
  readonly live: boolean;
  /** It belongs to a primary key, unique or exclusion constraint. */
  readonly ofConstraint: boolean;
  readonly predicate: string | undefined;
  readonly keys: readonly IndexKey[];
  /** For a partitioned index: partitions that have no valid index attached to it. */
  readonly partitionsWithout: readonly string[];
}

/** A table as the catalog has it, with all its indexes. */
export interface CatalogTable {
  readonly schema: string;
  /** With its schema where the search path needs it, quoted: ready for SQL. */
  readonly sqlName: string;
  readonly partitioned: boolean;
  readonly indexes: readonly CatalogIndex[];
}

export interface TableName {
  /** undefined: the search path decides. */
  readonly schema?: string;
  readonly table: string;
}

/** Looks the tables up, in the order asked for, in one round trip; undefined for one that does not exist. */
export async function readTables(session: Session, names: readonly TableName[]): Promise<readonly (CatalogTable | undefined)[]> {
  const { rows } = await session.query(TABLE_INDEXES, [
    names.map(({ schema }) => schema ?? null),
    names.map(({ table }) => table),
  ]);
  const parsed = z.array(rowSchema).safeParse(rows);
  if (!parsed.success) {
    throw new MeasurementError('bad_response', `The catalog of ${session.label} has an unknown form: ${parsed.error.message}`);
  }
  const byTable = new Map<number, Row[]>();
  for (const row of parsed.data) {
    const rows = byTable.get(row.n);
    if (rows) rows.push(row);
    else byTable.set(row.n, [row]);
  }
  return names.map((_, position) => tableOf(byTable.get(position + 1) ?? []));
}

type Row = z.infer<typeof rowSchema>;

function tableOf(rows: readonly Row[]): CatalogTable | undefined {
  const [first] = rows;
  if (!first || first.table === null) return undefined;
  return {
    schema: first.schema ?? '',
    sqlName: first.table,
    partitioned: first.table_kind === 'p',
    indexes: rows.flatMap(indexOf),
  };
}

function indexOf(row: Row): readonly CatalogIndex[] {
  if (row.index === null) return [];
  return [
    {
      name: row.index,
      sqlName: row.sql_name ?? row.index,
      method: row.method ?? '',
      unique: row.is_unique === true,
      valid: row.valid === true,
      ready: row.ready === true,
      live: row.live === true,
      ofConstraint: row.of_constraint,
      predicate: row.predicate ?? undefined,
      keys: row.keys ?? [],
      partitionsWithout: row.partitions_without ?? [],
    },
  ];
}
