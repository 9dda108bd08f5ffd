import * as z from 'zod';
import { MeasurementError } from '../checklist/errors.ts';
import type { Rows, Session } from './client.ts';
import type { IndexDefinition, IndexKey } from './index-definition.ts';
import { literal } from './sql-text.ts';

/**
 * One index for each row, joined by oid throughout. The same text reads the real indexes and those that are built on empty clones.
 *
 * - 403 is the access method btree and 100 the collation `default`, in every PostgreSQL.
 * - indoption, indclass, indcollation and indkey count from 0; bit 1 of indoption is DESC, bit 2 NULLS FIRST (btree only).
 * - Of an expression, `pg_get_indexdef(oid, k, true)` is the bare text.
 * - indnullsnotdistinct is of version 15: through `to_jsonb` one text serves all versions.
 * - An operator class is the default one when it is marked so, and no other default fits the column's type better.
 * - The collation of an expression comes from its columns, and SQL does not tell it. So it is shown unless it is the database's own
 *   and the table's columns have no other.
 * - A partitioned index (relkind I) is complete when every partition has an attached index that is valid itself, at all depths.
 * - The statistics function is what the pg_stat views ask; partitioned indexes have no row there.
 */
const INDEX = `
SELECT i.indexrelid, i.indrelid, c.relname::text AS index, c.oid::regclass::text AS sql_name,
       (SELECT amname::text FROM pg_am WHERE oid = c.relam) AS method,
       i.indisunique AS is_unique, i.indisvalid AS valid, i.indisready AS ready, i.indislive AS live,
       CASE WHEN i.indisunique THEN coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) ELSE false END AS nulls_not_distinct,
       i.indisreplident OR i.indisclustered AS pinned, c.relispartition AS attached,
       con.conname::text AS constraint_name, con.contype::text AS constraint_type,
       pg_get_expr(i.indpred, i.indrelid, true) AS predicate, pg_stat_get_numscans(i.indexrelid)::float8 AS scans,
       keys.keys, keys.include,
       CASE WHEN NOT i.indisvalid THEN (
         SELECT coalesce(p.phase, 'at work') FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid LIMIT 1
       ) END AS building,
       CASE WHEN c.relkind = 'I' THEN (
         WITH RECURSIVE pairs AS (
           SELECT i.indexrelid AS parent, p.inhrelid AS partition, h.inhrelid AS child, h.valid
           FROM pg_inherits p LEFT JOIN (
             SELECT a.inhparent, a.inhrelid, b.indrelid, b.indisvalid AS valid FROM pg_inherits a JOIN pg_index b ON b.indexrelid = a.inhrelid
           ) h ON h.inhparent = i.indexrelid AND h.indrelid = p.inhrelid
           WHERE p.inhparent = i.indrelid
           UNION ALL
           SELECT pairs.child, p.inhrelid, h.inhrelid, h.valid
           FROM pairs JOIN pg_inherits p ON p.inhparent = pairs.partition LEFT JOIN (
             SELECT a.inhparent, a.inhrelid, b.indrelid, b.indisvalid AS valid FROM pg_inherits a JOIN pg_index b ON b.indexrelid = a.inhrelid
           ) h ON h.inhparent = pairs.child AND h.indrelid = p.inhrelid
           WHERE pairs.child IS NOT NULL
         )
         SELECT jsonb_agg(jsonb_build_object('parent', parent::regclass::text, 'partition', partition::regclass::text,
                                             'name', pt.relname, 'partitioned', pt.relkind = 'p', 'child', child::regclass::text) ORDER BY 1)
         FROM pairs JOIN pg_class pt ON pt.oid = partition
         WHERE child IS NULL OR (pt.relkind <> 'p' AND NOT valid)
       ) END AS gaps
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
LEFT JOIN LATERAL (
  SELECT conname, contype FROM pg_constraint WHERE (i.indisunique OR i.indisexclusion) AND conindid = i.indexrelid AND conrelid = i.indrelid AND contype IN ('p', 'u', 'x') LIMIT 1
) con ON true
CROSS JOIN LATERAL (
  SELECT json_agg(json_build_array(
      att.attname,
      CASE WHEN att.attname IS NULL THEN pg_get_indexdef(i.indexrelid, k, true) ELSE quote_ident(att.attname) END,
      CASE
        WHEN i.indcollation[k - 1] = 0 OR i.indcollation[k - 1] = att.attcollation THEN NULL
        WHEN att.attname IS NULL AND i.indcollation[k - 1] = 100 AND NOT EXISTS (
          SELECT FROM pg_attribute y WHERE y.attrelid = i.indrelid AND y.attnum > 0 AND NOT y.attisdropped
          AND y.attcollation NOT IN (0, 100)) THEN NULL
        ELSE (SELECT CASE WHEN pg_collation_is_visible(co.oid) THEN '' ELSE
            (SELECT quote_ident(nspname) FROM pg_namespace WHERE oid = co.collnamespace) || '.' END || quote_ident(co.collname)
          FROM pg_collation co WHERE co.oid = i.indcollation[k - 1]) END,
      CASE
        WHEN ia.attoptions IS NULL AND oc.opcdefault AND (att.atttypid IS NULL OR oc.opcintype = att.atttypid OR NOT EXISTS (
          SELECT FROM pg_opclass y WHERE y.opcmethod = oc.opcmethod AND y.opcdefault AND y.opcintype = att.atttypid)) THEN NULL
        ELSE CASE WHEN pg_opclass_is_visible(oc.oid) THEN '' ELSE
            (SELECT quote_ident(nspname) FROM pg_namespace WHERE oid = oc.opcnamespace) || '.' END || quote_ident(oc.opcname)
          || coalesce(' (' || array_to_string(ia.attoptions, ', ') || ')', '') END,
      oc.opcmethod = 403 AND (i.indoption[k - 1] & 1) = 1,
      oc.opcmethod = 403 AND (i.indoption[k - 1] & 2) = 2) ORDER BY k) FILTER (WHERE k <= i.indnkeyatts) AS keys,
    json_agg(att.attname ORDER BY k) FILTER (WHERE k > i.indnkeyatts) AS include
  FROM generate_series(1, i.indnatts) k
  JOIN pg_attribute ia ON ia.attrelid = i.indexrelid AND ia.attnum = k
  LEFT JOIN pg_attribute att ON att.attrelid = i.indrelid AND att.attnum = i.indkey[k - 1] AND i.indkey[k - 1] <> 0
  LEFT JOIN pg_opclass oc ON k <= i.indnkeyatts AND oc.oid = i.indclass[k - 1]
) keys`;

/** The row of one index that was just built, as JSON. `name` is SQL for its name. */
export const indexRow = (name: string): string => `SELECT to_jsonb(d) FROM (${INDEX} WHERE i.indexrelid = ${name}::regclass) d`;

/** In an array, for many are sent. */
const keySchema = z
  .tuple([z.string().nullable(), z.string(), z.string().nullable(), z.string().nullable(), z.boolean(), z.boolean()])
  .transform(
    ([column, sql, collation, opclass, desc, nulls_first]): IndexKey => ({
      column,
      sql,
      collation,
      opclass,
      desc,
      nulls_first,
    }),
  );

const indexSchema = z.object({
  index: z.string(),
  sql_name: z.string(),
  method: z.string(),
  is_unique: z.boolean(),
  valid: z.boolean(),
  ready: z.boolean(),
  live: z.boolean(),
  nulls_not_distinct: z.boolean(),
  pinned: z.boolean(),
  attached: z.boolean(),
  constraint_name: z.string().nullable(),
  constraint_type: z.enum(['p', 'u', 'x']).nullable(),
  predicate: z.string().nullable(),
  scans: z.number().nullable(),
  building: z.string().nullable(),
  keys: z.array(keySchema),
  include: z.array(z.string()).nullable(),
  gaps: z
    .array(
      z.object({
        parent: z.string(),
        partition: z.string(),
        name: z.string(),
        partitioned: z.boolean(),
        child: z.string().nullable(),
      }),
    )
    .nullable(),
});

/** A table that exists; the columns of its index are all null where it has none. */
const tableSchema = z.object({
  n: z.number(),
  table: z.string(),
  relname: z.string(),
  kind: z.string(),
  schema: z.string(),
  index: z.string().nullable(),
});

const foreignKeySchema = z.object({
  n: z.number(),
  name: z.string(),
  referenced: z.string(),
  columns: z.array(z.string()),
});

const statisticsSchema = z.object({ age_ms: z.number().nullable() });

/** A partition without a valid index of its own below a partitioned index. All names are ready for SQL. */
export interface PartitionGap {
  /** The index that its index is to be attached to. */
  readonly parent: string;
  readonly partition: string;
  /** The partition's bare name. */
  readonly name: string;
  readonly partitioned: boolean;
  /** An attached index that is invalid; null when there is none. */
  readonly child: string | null;
}

/** An index as the catalog has it. */
export interface CatalogIndex extends IndexDefinition {
  readonly name: string;
  /** With its schema where the search path needs it, quoted: ready for SQL. */
  readonly sqlName: string;
  /** The planner may use it. */
  readonly valid: boolean;
  /** Writes maintain it. */
  readonly ready: boolean;
  readonly live: boolean;
  /** It is being built now: the server's word for how far. */
  readonly building: string | undefined;
  /** The primary key, unique or exclusion constraint that it belongs to. */
  readonly constraint: { readonly name: string; readonly type: 'p' | 'u' | 'x' } | undefined;
  /** The table is clustered by it, or replicates by it. */
  readonly pinned: boolean;
  /** It is a partition of an index of the parent table. */
  readonly attached: boolean;
  /** Scans since the statistics began; undefined where none are kept. */
  readonly scans: number | undefined;
  /** For a partitioned index: partitions that lack a valid one. */
  readonly gaps: readonly PartitionGap[];
}

export interface ForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  /** The table that it refers to, ready for SQL. */
  readonly referenced: string;
}

/** A table as the catalog has it, with all its indexes. */
export interface CatalogTable {
  readonly schema: string;
  readonly name: string;
  /** With its schema where the search path needs it, quoted: ready for SQL. */
  readonly sqlName: string;
  readonly partitioned: boolean;
  readonly indexes: readonly CatalogIndex[];
  readonly foreignKeys: readonly ForeignKey[];
}

export interface TableName {
  /** undefined: the search path decides. */
  readonly schema?: string;
  readonly table: string;
}

export interface Catalog {
  /** In the order asked for; undefined for one that does not exist. */
  readonly tables: readonly (CatalogTable | undefined)[];
  /** For how long the server has counted scans, at least. */
  readonly statisticsAgeMs: number | undefined;
}

/**
 * Looks the tables up with all that is known of their indexes, in one round trip whatever their number, in a read-only transaction.
 * Names are cast to `name`, so that one of more than 63 bytes is cut as the server cut it.
 */
export async function readCatalog(session: Session, names: readonly TableName[]): Promise<Catalog> {
  const asked = names.map(({ schema, table }, at) => ({ n: at + 1, s: schema ?? null, t: table }));
  const catalog = await ask(
    session,
    `SELECT n, to_regclass(CASE WHEN s IS NULL THEN quote_ident(t::name) ELSE quote_ident(s::name) || '.' || quote_ident(t::name) END)::oid AS oid
     FROM jsonb_to_recordset(${literal(JSON.stringify(asked))}::jsonb) AS a(n int, s text, t text)`,
  );
  return { ...catalog, tables: names.map((_, at) => catalog.tables.get(at + 1)) };
}

/** The same for all tables that are nobody's partition and no extension's; undefined: all schemas but the server's own. */
export async function readWholeCatalog(session: Session, schemas?: readonly string[]): Promise<readonly CatalogTable[]> {
  const { tables } = await ask(
    session,
    `SELECT row_number() OVER (ORDER BY n.nspname, c.relname)::int AS n, c.oid
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
       ${schemas === undefined ? '' : `AND n.nspname IN (${schemas.map(literal).join(', ')})`}`,
  );
  return [...tables.entries()].sort(([a], [b]) => a - b).map(([, table]) => table);
}

/** To write an expression out, the server locks its table as a SELECT does, and an ALTER TABLE of somebody else may hold it. */
const LOCK_TIMEOUT = '5s';

async function ask(
  session: Session,
  asked: string,
): Promise<{ readonly tables: ReadonlyMap<number, CatalogTable>; readonly statisticsAgeMs: number | undefined }> {
  const results = await session
    .script(
      `BEGIN READ ONLY;
SET LOCAL lock_timeout = '${LOCK_TIMEOUT}';
WITH asked AS (${asked})
SELECT a.n::int AS n, t.oid::regclass::text AS "table", t.relname::text AS relname, t.relkind::text AS kind, ns.nspname::text AS schema, d.*
FROM asked a JOIN pg_class t ON t.oid = a.oid JOIN pg_namespace ns ON ns.oid = t.relnamespace
LEFT JOIN (${INDEX}) d ON d.indrelid = t.oid ORDER BY a.n, d.index;
WITH asked AS (${asked})
SELECT a.n::int AS n, f.conname::text AS name, f.confrelid::regclass::text AS referenced,
       (SELECT jsonb_agg(att.attname ORDER BY k) FROM generate_subscripts(f.conkey, 1) k
        JOIN pg_attribute att ON att.attrelid = f.conrelid AND att.attnum = f.conkey[k]) AS columns
FROM asked a JOIN pg_constraint f ON f.conrelid = a.oid WHERE f.contype = 'f' AND f.conparentid = 0 ORDER BY 1, 2;
SELECT (extract(epoch FROM now() - coalesce(pg_stat_get_db_stat_reset_time(oid), pg_postmaster_start_time())) * 1000)::float8 AS age_ms
FROM pg_database WHERE datname = current_database();
ROLLBACK`,
    )
    .catch(async (error: unknown) => {
      await session.run('ROLLBACK').catch(() => undefined);
      throw error;
    });
  const [indexes, foreignKeys, statistics] = results.slice(2);
  const tables = new Map<number, CatalogTable & { readonly indexes: CatalogIndex[] }>();
  const foreignKeysOf = grouped(rowsOf(foreignKeySchema, foreignKeys, session));
  // One by one: of many thousands, the rows as they were sent need not stay.
  for (const row of indexes?.rows ?? []) {
    const { n, table: sqlName, relname: name, kind, schema, index } = parsed(tableSchema, row, session);
    const found = tables.get(n) ?? {
      schema,
      name,
      sqlName,
      partitioned: kind === 'p',
      indexes: [],
      foreignKeys: foreignKeysOf.get(n) ?? [],
    };
    tables.set(n, found);
    if (index !== null) found.indexes.push(indexOf(parsed(indexSchema, row, session)));
  }
  const [age] = rowsOf(statisticsSchema, statistics, session);
  return { tables, statisticsAgeMs: age?.age_ms ?? undefined };
}

function parsed<Row>(schema: z.ZodType<Row>, row: unknown, { label }: Session): Row {
  const result = schema.safeParse(row);
  if (result.success) return result.data;
  throw new MeasurementError('bad_response', `The catalog of ${label} has an unknown form: ${result.error.message}`);
}

const rowsOf = <Row>(schema: z.ZodType<Row>, found: Rows | undefined, session: Session): readonly Row[] =>
  (found?.rows ?? []).map((row) => parsed(schema, row, session));

function grouped<Row extends { readonly n: number }>(rows: readonly Row[]): ReadonlyMap<number, readonly Row[]> {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.n);
    if (group) group.push(row);
    else groups.set(row.n, [row]);
  }
  return groups;
}

/** What a row of the catalog says; undefined when it is none. */
export function readDefinition(row: unknown): IndexDefinition | undefined {
  const result = indexSchema.safeParse(row);
  return result.success ? indexOf(result.data) : undefined;
}

function indexOf(row: z.infer<typeof indexSchema>): CatalogIndex {
  const { constraint_name: name, constraint_type: type } = row;
  return {
    name: row.index,
    sqlName: row.sql_name,
    method: row.method,
    unique: row.is_unique,
    nullsNotDistinct: row.nulls_not_distinct,
    keys: row.keys,
    include: row.include ?? [],
    predicate: row.predicate ?? undefined,
    valid: row.valid,
    ready: row.ready,
    live: row.live,
    building: row.building ?? undefined,
    constraint: name === null || type === null ? undefined : { name, type },
    pinned: row.pinned,
    attached: row.attached,
    scans: row.scans ?? undefined,
    gaps: row.gaps ?? [],
  };
}
