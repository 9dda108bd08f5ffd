import * as z from 'zod';
import { MeasurementError } from '../../checklist/errors.ts';
import type { Session } from '../client.ts';
import { isVersionTable } from '../x-ray/trace.ts';

/** Everything in a schema that a migration makes, as definitions by name. Grants are left out: roles differ from server to server. */
export type SchemaSnapshot = ReadonlyMap<string, string>;

/** What differs between two snapshots; undefined on the side that does not have it. */
export interface SchemaDifference {
  /** `index public.ix_plans_status` */
  readonly object: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** One round trip. What belongs to an extension is told by the extension alone. */
const SNAPSHOT = `
WITH ns AS (
  SELECT oid, nspname FROM pg_namespace
  WHERE nspname NOT IN ('pg_catalog', 'information_schema', 'holdpoint_xray') AND nspname NOT LIKE 'pg\\_toast%' AND nspname NOT LIKE 'pg\\_temp%'
), ours AS (
  SELECT c.*, ns.nspname FROM pg_class c JOIN ns ON ns.oid = c.relnamespace
  WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
)
SELECT 'schema' AS kind, NULL AS owner, nspname::text AS name, '' AS definition FROM ns
UNION ALL SELECT 'extension', NULL, extname::text, extversion FROM pg_extension
UNION ALL SELECT 'table', relname, nspname || '.' || relname,
    CASE relkind WHEN 'p' THEN 'partitioned ' || pg_get_partkeydef(oid) WHEN 'f' THEN 'foreign' ELSE '' END
    || coalesce(' options ' || reloptions::text, '') || CASE WHEN relpersistence = 'u' THEN ' unlogged' ELSE '' END
    || CASE WHEN relrowsecurity THEN ' row security' ELSE '' END || coalesce(' ' || pg_get_expr(relpartbound, oid), '')
  FROM ours WHERE relkind IN ('r', 'p', 'f')
UNION ALL SELECT 'column', o.relname, o.nspname || '.' || o.relname || '.' || a.attname,
    format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
    || coalesce(CASE WHEN a.attgenerated <> '' THEN ' GENERATED ' ELSE ' DEFAULT ' END || pg_get_expr(d.adbin, d.adrelid), '')
    || CASE a.attidentity WHEN 'a' THEN ' IDENTITY ALWAYS' WHEN 'd' THEN ' IDENTITY' ELSE '' END
    || CASE WHEN a.attcollation <> t.typcollation THEN ' COLLATE ' || a.attcollation::regcollation ELSE '' END
  FROM ours o JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE o.relkind IN ('r', 'p', 'f')
UNION ALL SELECT 'constraint', o.relname, o.nspname || '.' || o.relname || '.' || k.conname, pg_get_constraintdef(k.oid)
    || CASE WHEN k.convalidated THEN '' ELSE ' (not validated)' END
  FROM ours o JOIN pg_constraint k ON k.conrelid = o.oid WHERE k.contype <> 'n'
UNION ALL SELECT 'index', o.relname, o.nspname || '.' || (SELECT relname FROM pg_class WHERE oid = i.indexrelid),
    pg_get_indexdef(i.indexrelid) || CASE WHEN i.indisvalid AND i.indisready THEN '' ELSE ' (invalid)' END
  FROM ours o JOIN pg_index i ON i.indrelid = o.oid
UNION ALL SELECT 'sequence', (SELECT t.relname FROM pg_depend d JOIN pg_class t ON t.oid = d.refobjid
      WHERE d.classid = 'pg_class'::regclass AND d.objid = o.oid AND d.deptype IN ('a', 'i') AND d.refclassid = 'pg_class'::regclass LIMIT 1),
    o.nspname || '.' || o.relname,
    format_type(s.seqtypid, NULL) || ' ' || concat_ws(' ', s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcycle)
  FROM ours o JOIN pg_sequence s ON s.seqrelid = o.oid
UNION ALL SELECT CASE relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END, NULL, nspname || '.' || relname, pg_get_viewdef(oid)
  FROM ours WHERE relkind IN ('v', 'm')
UNION ALL SELECT 'trigger', o.relname, o.nspname || '.' || o.relname || '.' || t.tgname, pg_get_triggerdef(t.oid)
    || CASE t.tgenabled WHEN 'D' THEN ' (disabled)' ELSE '' END
  FROM ours o JOIN pg_trigger t ON t.tgrelid = o.oid WHERE NOT t.tgisinternal
UNION ALL SELECT 'policy', o.relname, o.nspname || '.' || o.relname || '.' || p.polname,
    concat_ws(' ', p.polcmd, p.polpermissive, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
  FROM ours o JOIN pg_policy p ON p.polrelid = o.oid
UNION ALL SELECT CASE f.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END, NULL,
    ns.nspname || '.' || f.proname || '(' || pg_get_function_identity_arguments(f.oid) || ')',
    CASE WHEN f.prokind = 'a' THEN pg_get_function_result(f.oid) ELSE md5(pg_get_functiondef(f.oid)) END
  FROM pg_proc f JOIN ns ON ns.oid = f.pronamespace
  WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = f.oid AND d.deptype = 'e')
UNION ALL SELECT CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' ELSE 'type' END, NULL,
    ns.nspname || '.' || t.typname,
    CASE t.typtype WHEN 'e' THEN (SELECT string_agg(enumlabel, ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid)
      WHEN 'd' THEN concat_ws(' ', format_type(t.typbasetype, t.typtypmod), t.typdefault, CASE WHEN t.typnotnull THEN 'NOT NULL' END,
        (SELECT string_agg(pg_get_constraintdef(oid), ' ' ORDER BY conname) FROM pg_constraint WHERE contypid = t.oid))
      WHEN 'c' THEN (SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped)
      ELSE '' END
  FROM pg_type t JOIN ns ON ns.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
  WHERE (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c'))
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')`;

const rowsSchema = z.array(
  z.object({ kind: z.string(), owner: z.string().nullable(), name: z.string(), definition: z.string().nullable() }),
);

/**
 * Reads the whole schema.
 *
 * @param versionTables names of the migration tool's own tables beside the known ones: what it keeps for itself is no difference.
 */
export async function snapshotSchema(session: Session, versionTables: readonly string[] = []): Promise<SchemaSnapshot> {
  const { rows } = await session.query(SNAPSHOT);
  const parsed = rowsSchema.safeParse(rows);
  if (!parsed.success)
    throw new MeasurementError('bad_response', `The catalog of ${session.label} has an unknown form: ${parsed.error.message}`);
  const own = (table: string | null): boolean => table !== null && (isVersionTable(table) || versionTables.includes(table));
  return new Map(
    parsed.data
      // Drizzle keeps its table in a schema of its own.
      .filter(({ kind, owner, name }) => !own(owner) && !(kind === 'schema' && name === 'drizzle'))
      .map(({ kind, name, definition }) => [`${kind} ${name}`, definition ?? '']),
  );
}

/** In the order of the names. */
export function schemaDifferences(before: SchemaSnapshot, after: SchemaSnapshot): readonly SchemaDifference[] {
  const objects = [...new Set([...before.keys(), ...after.keys()])].sort();
  return objects.flatMap((object) => {
    const difference = { object, before: before.get(object), after: after.get(object) };
    return difference.before === difference.after ? [] : [difference];
  });
}
