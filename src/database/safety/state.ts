import type { Session } from '../client.ts';
import { written } from './sessions.ts';

/** What a migration can make, drop or change, by a name that tells its kind: `index public.ix_plans`. */
export type CatalogState = ReadonlyMap<string, CatalogEntry>;

interface CatalogEntry {
  /** What it belongs to, by the same kind of name: a column or an index to its table. */
  readonly of: string;
  readonly definition: string;
}

export interface CatalogChange {
  readonly change: 'added' | 'removed' | 'changed';
  readonly what: string;
}

/** A stored expression without the places in the text that it came from, and without waiting for its table. */
const tree = (column: string): string =>
  `coalesce(' ' || md5(regexp_replace(${column}::text, ':location -?[0-9]+', '', 'g')), '')`;

/**
 * No pg_get_indexdef, pg_get_constraintdef or pg_get_expr: they wait for whoever holds the table exclusively, and it is just then that
 * somebody has to be told.
 */
const STATE = `
WITH mine AS (SELECT oid, nspname FROM pg_namespace
              WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND nspname !~ '^pg_(toast|temp)')
SELECT 'schema ' || quote_ident(nspname) AS what, '' AS "of", '' AS definition FROM mine
UNION ALL
SELECT CASE c.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' WHEN 'S' THEN 'sequence ' ELSE 'table ' END
         || quote_ident(n.nspname) || '.' || quote_ident(c.relname), '', c.relkind::text
FROM pg_class c JOIN mine n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
UNION ALL
SELECT 'column ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname) || '.' || quote_ident(a.attname),
       'table ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname),
       format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
         || ${tree('d.adbin')}
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN mine n ON n.oid = c.relnamespace
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relkind IN ('r', 'p', 'f') AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'index ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname), 'table ' || quote_ident(n.nspname) || '.' || quote_ident(t.relname),
       concat_ws(' ', c.relam, i.indnkeyatts, i.indclass, i.indcollation, i.indoption, i.indisunique, i.indisprimary, i.indisexclusion,
                 i.indisvalid, (SELECT string_agg(a.attname, ',' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = i.indexrelid))
         || ${tree('i.indexprs')} || ${tree('i.indpred')}
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid JOIN mine n ON n.oid = c.relnamespace
UNION ALL
SELECT 'constraint ' || quote_ident(k.conname) || ' on ' || quote_ident(n.nspname) || '.' || quote_ident(t.relname),
       'table ' || quote_ident(n.nspname) || '.' || quote_ident(t.relname),
       concat_ws(' ', k.contype, k.convalidated, k.condeferrable, k.condeferred, k.confupdtype, k.confdeltype, k.confmatchtype,
                 nullif(k.confrelid, 0)::regclass,
                 (SELECT string_agg(a.attname, ',' ORDER BY p.at) FROM unnest(k.conkey) WITH ORDINALITY p(attnum, at)
                  JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = p.attnum),
                 (SELECT string_agg(a.attname, ',' ORDER BY p.at) FROM unnest(k.confkey) WITH ORDINALITY p(attnum, at)
                  JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = p.attnum))
         || ${tree('k.conbin')}
FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid JOIN mine n ON n.oid = t.relnamespace
UNION ALL
SELECT 'trigger ' || quote_ident(g.tgname) || ' on ' || quote_ident(n.nspname) || '.' || quote_ident(t.relname),
       'table ' || quote_ident(n.nspname) || '.' || quote_ident(t.relname), concat_ws(' ', g.tgtype, g.tgenabled, g.tgfoid::regproc, g.tgattr) || ${tree('g.tgqual')}
FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid JOIN mine n ON n.oid = t.relnamespace WHERE NOT g.tgisinternal
UNION ALL
SELECT 'function ' || quote_ident(n.nspname) || '.' || quote_ident(p.proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')', '',
       md5(coalesce(p.prosrc, ''))
FROM pg_proc p JOIN mine n ON n.oid = p.pronamespace
UNION ALL
SELECT 'type ' || quote_ident(n.nspname) || '.' || quote_ident(t.typname), '',
       (SELECT coalesce(string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder), '') FROM pg_enum e WHERE e.enumtypid = t.oid)
FROM pg_type t JOIN mine n ON n.oid = t.typnamespace WHERE t.typtype IN ('e', 'd')`;

/** Everything of the user's schemas, in one round trip. */
export async function readCatalogState(session: Session): Promise<CatalogState> {
  const { rows } = await session.query(STATE);
  return new Map(
    rows.map((row) => [written(row['what']), { of: written(row['of']), definition: written(row['definition']) }] as const),
  );
}

/** What is other than before; of a table that came or went as a whole, its parts are not told one by one. */
export function changesBetween(before: CatalogState, after: CatalogState): readonly CatalogChange[] {
  const added = [...after].filter(([what]) => !before.has(what));
  const removed = [...before].filter(([what]) => !after.has(what));
  const whole = new Set([...added, ...removed].map(([what]) => what));
  const told = (change: 'added' | 'removed', entries: readonly (readonly [string, CatalogEntry])[]): readonly CatalogChange[] =>
    entries.filter(([, { of }]) => !whole.has(of)).map(([what]) => ({ change, what }));
  const changed = [...after].flatMap(([what, { definition }]): readonly CatalogChange[] => {
    const earlier = before.get(what);
    return earlier === undefined || earlier.definition === definition ? [] : [{ change: 'changed', what }];
  });
  return [...told('added', added), ...told('removed', removed), ...changed];
}

export interface InvalidIndex {
  /** `public.ix_plans`, quoted where it must be. */
  readonly name: string;
  readonly table: string;
  /** What makes of it what it should be, or takes it away. */
  readonly fix: string;
}

const INVALID = `
SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name, i.indrelid::regclass::text AS "table", c.relkind AS kind,
       c.relname ~ '_cc(new|old)[0-9]*$' AS leftover
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
  AND NOT EXISTS (SELECT 1 FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)
ORDER BY 1`;

/** Every index that the planner ignores, but for those that are being built right now. */
export async function readInvalidIndexes(session: Session): Promise<readonly InvalidIndex[]> {
  const { rows } = await session.query(INVALID);
  return rows.map((row) => {
    const name = written(row['name']);
    return { name, table: written(row['table']), fix: fixFor(name, row) };
  });
}

function fixFor(name: string, row: Readonly<Record<string, unknown>>): string {
  if (row['kind'] === 'I')
    return `-- ${name} becomes valid once every partition has its index attached (ALTER INDEX ${name} ATTACH PARTITION …);`;
  if (row['leftover'] === true) return `DROP INDEX CONCURRENTLY ${name};`;
  return `DROP INDEX CONCURRENTLY ${name};\n-- then run the migration again; or, to keep it:\n-- REINDEX INDEX CONCURRENTLY ${name};`;
}
