import * as z from 'zod';
import { MeasurementError } from '../../checklist/errors.ts';
import type { Session } from '../client.ts';

/** What the recorder lives in, in the throwaway server and nowhere else; gone as soon as the migration has run. */
export const RECORDER_SCHEMA = 'holdpoint_xray';

/** What stands before the recorder's lines in the server's log. */
export const RECORD_MARK = 'holdpoint-xray ';

/**
 * `log`: into the server's own log, which a rolled-back transaction does not take back. `table`: for PGlite, which keeps no log;
 * what was rolled back is lost there.
 */
export type RecordSink = 'log' | 'table';

const TABLE_STATE = `
CREATE FUNCTION ${RECORDER_SCHEMA}.table_state(t oid) RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
  SELECT jsonb_build_object(
    'oid', c.oid::bigint, 'schema', n.nspname, 'name', c.relname, 'kind', c.relkind, 'filenode', pg_relation_filenode(c.oid)::bigint,
    'columns', coalesce((
      SELECT jsonb_agg(jsonb_build_object('n', a.attnum, 'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
        'notNull', a.attnotnull, 'default', pg_get_expr(d.adbin, d.adrelid), 'identity', a.attidentity <> '',
        'generated', a.attgenerated <> '') ORDER BY a.attnum)
      FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]'),
    'constraints', coalesce((
      SELECT jsonb_agg(jsonb_build_object('name', k.conname, 'type', k.contype, 'valid', k.convalidated,
        'definition', pg_get_constraintdef(k.oid), 'index', k.conindid::bigint, 'columns', coalesce(to_jsonb(k.conkey), '[]')))
      FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('c', 'f', 'p', 'u', 'x')), '[]'),
    'indexes', coalesce((
      SELECT jsonb_agg(jsonb_build_object('oid', i.indexrelid::bigint, 'name', ic.relname, 'unique', i.indisunique,
        'valid', i.indisvalid AND i.indisready AND i.indislive, 'partial', i.indpred IS NOT NULL,
        'keys', to_jsonb((i.indkey::int2[])[0:i.indnkeyatts - 1]), 'definition', pg_get_indexdef(i.indexrelid)))
      FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid WHERE i.indrelid = c.oid), '[]'))
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid = t AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
$$`;

/** A lock on a catalog, on the recorder's own or for a plain read tells nothing. 16384: the first oid that is not the system's. */
const LOCKS = `
CREATE FUNCTION ${RECORDER_SCHEMA}.locks() RETURNS jsonb LANGUAGE sql VOLATILE SET search_path = pg_catalog AS $$
  SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_array(l.relation::bigint, l.mode)), '[]')
  FROM pg_locks l LEFT JOIN pg_class c ON c.oid = l.relation
  WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.granted AND l.relation >= 16384
    AND l.mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')
    AND coalesce(c.relkind, 'r') IN ('r', 'p')
    AND coalesce(c.relnamespace::regnamespace::text, '') NOT IN ('${RECORDER_SCHEMA}', 'pg_toast')
$$`;

const emit = (sink: RecordSink): string =>
  sink === 'log'
    ? `RAISE LOG '${RECORD_MARK}%', record`
    : `INSERT INTO ${RECORDER_SCHEMA}.records (record) VALUES (record::text)`;

/** SECURITY DEFINER: a tool may have taken on a role that may not read all of this. */
const onEvent = (sink: RecordSink): string => `
CREATE FUNCTION ${RECORDER_SCHEMA}.on_event() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog AS $$
DECLARE
  record jsonb := jsonb_build_object('event', tg_event, 'tag', tg_tag, 'at', extract(epoch FROM clock_timestamp()) * 1000,
    'pid', pg_backend_pid(), 'xid', pg_current_xact_id_if_assigned()::text);
BEGIN
  IF tg_event = 'ddl_command_start' THEN
    record := record || jsonb_build_object('sql', left(current_query(), 20000), 'locks', ${RECORDER_SCHEMA}.locks(),
      'lockTimeout', current_setting('lock_timeout'));
  ELSIF tg_event = 'ddl_command_end' THEN
    record := record || jsonb_build_object('locks', ${RECORDER_SCHEMA}.locks(), 'tables', coalesce((
      SELECT jsonb_agg(s.state) FROM (
        SELECT ${RECORDER_SCHEMA}.table_state(t.oid) AS state FROM (
          SELECT DISTINCT coalesce(i.indrelid, k.conrelid, CASE WHEN e.classid = 'pg_class'::regclass THEN e.objid END) AS oid
          FROM pg_event_trigger_ddl_commands() e
          LEFT JOIN pg_index i ON e.classid = 'pg_class'::regclass AND i.indexrelid = e.objid
          LEFT JOIN pg_constraint k ON e.classid = 'pg_constraint'::regclass AND k.oid = e.objid) t
        WHERE t.oid IS NOT NULL) s WHERE s.state IS NOT NULL), '[]'));
  ELSIF tg_event = 'sql_drop' THEN
    record := record || jsonb_build_object('objects', coalesce((
      SELECT jsonb_agg(jsonb_build_object('type', object_type, 'oid', objid::bigint, 'original', original))
      FROM pg_event_trigger_dropped_objects() WHERE object_type IN ('table', 'index') AND NOT is_temporary), '[]'));
  ELSE
    record := record || jsonb_build_object('table', pg_event_trigger_table_rewrite_oid()::bigint);
  END IF;
  ${emit(sink)};
END $$`;

const EVENTS = ['ddl_command_start', 'ddl_command_end', 'sql_drop', 'table_rewrite'] as const;

/** Sets up the recorder; from now on every statement that changes the schema is recorded, whatever sends it. */
export async function startRecorder(session: Session, sink: RecordSink): Promise<void> {
  await session.run(`CREATE SCHEMA ${RECORDER_SCHEMA}`);
  if (sink === 'table') await session.run(`CREATE TABLE ${RECORDER_SCHEMA}.records (n serial PRIMARY KEY, record text NOT NULL)`);
  await session.run([TABLE_STATE, LOCKS, onEvent(sink)].join(';'));
  for (const event of EVENTS)
    await session.run(
      `CREATE EVENT TRIGGER ${RECORDER_SCHEMA}_${event} ON ${event} EXECUTE FUNCTION ${RECORDER_SCHEMA}.on_event()`,
    );
  if (sink === 'log') await setForDatabase(session, `SET log_statement = 'all'`);
}

/** Takes the recorder away again, with all that it made. */
export async function stopRecorder(session: Session, sink: RecordSink): Promise<void> {
  for (const event of EVENTS) await session.run(`DROP EVENT TRIGGER IF EXISTS ${RECORDER_SCHEMA}_${event}`);
  await session.run(`SET client_min_messages = warning; DROP SCHEMA IF EXISTS ${RECORDER_SCHEMA} CASCADE`);
  if (sink === 'log') await setForDatabase(session, 'RESET log_statement');
}

/** Holds for sessions that begin from now on: the tool's, not ours. */
async function setForDatabase(session: Session, setting: string): Promise<void> {
  const { rows } = await session.query('SELECT quote_ident(current_database()) AS name');
  await session.run(`ALTER DATABASE ${String(rows[0]?.['name'])} ${setting}`);
}

const columnSchema = z.object({
  n: z.number(),
  name: z.string(),
  type: z.string(),
  notNull: z.boolean(),
  default: z.string().nullable(),
  identity: z.boolean(),
  generated: z.boolean(),
});

const constraintSchema = z.object({
  name: z.string(),
  type: z.enum(['c', 'f', 'p', 'u', 'x']),
  valid: z.boolean(),
  definition: z.string(),
  index: z.number(),
  columns: z.array(z.number()),
});

const indexSchema = z.object({
  oid: z.number(),
  name: z.string(),
  unique: z.boolean(),
  valid: z.boolean(),
  partial: z.boolean(),
  /** Numbers of the key columns; 0 is an expression. */
  keys: z.array(z.number()).nullable(),
  definition: z.string(),
});

const tableSchema = z.object({
  oid: z.number(),
  schema: z.string(),
  name: z.string(),
  kind: z.string(),
  filenode: z.number().nullable(),
  columns: z.array(columnSchema),
  constraints: z.array(constraintSchema),
  indexes: z.array(indexSchema),
});

/** A table as the catalog had it at one moment. */
export type TableState = z.infer<typeof tableSchema>;
export type ColumnState = z.infer<typeof columnSchema>;
export type ConstraintState = z.infer<typeof constraintSchema>;
export type IndexState = z.infer<typeof indexSchema>;

const eventFields = { tag: z.string(), at: z.number(), pid: z.number(), xid: z.string().nullable() };
const lockSchema = z.tuple([z.number(), z.string()]);

export const recordSchema = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('ddl_command_start'),
    ...eventFields,
    sql: z.string(),
    locks: z.array(lockSchema),
    lockTimeout: z.string(),
  }),
  z.object({ event: z.literal('ddl_command_end'), ...eventFields, locks: z.array(lockSchema), tables: z.array(tableSchema) }),
  z.object({
    event: z.literal('sql_drop'),
    ...eventFields,
    objects: z.array(z.object({ type: z.string(), oid: z.number(), original: z.boolean() })),
  }),
  z.object({ event: z.literal('table_rewrite'), ...eventFields, table: z.number() }),
]);

/** One event of the server, as the recorder tells it. */
export type SchemaRecord = z.infer<typeof recordSchema>;
/** The relation's oid, and the mode as pg_locks names it. */
export type HeldLock = z.infer<typeof lockSchema>;

/** Every table there is now. The recorder must be there. */
export async function tableStates(session: Session): Promise<readonly TableState[]> {
  const { rows } = await session.query(
    `SELECT ${RECORDER_SCHEMA}.table_state(c.oid) AS state FROM pg_class c
     WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND c.oid >= 16384
       AND c.relnamespace::regnamespace::text NOT IN ('${RECORDER_SCHEMA}', 'pg_catalog', 'information_schema')`,
  );
  const parsed = z.array(z.object({ state: tableSchema })).safeParse(rows);
  if (!parsed.success)
    throw new MeasurementError('bad_response', `The catalog of ${session.label} has an unknown form: ${parsed.error.message}`);
  return parsed.data.map(({ state }) => state);
}

/** What the recorder wrote into its table, in order. */
export async function recordsInTable(session: Session): Promise<readonly string[]> {
  const { rows } = await session.query(`SELECT record FROM ${RECORDER_SCHEMA}.records ORDER BY n`);
  return rows.map((row) => String(row['record']));
}

/** Those of the transactions that came to nothing. */
export async function rolledBack(session: Session, xids: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await session.query(
    `SELECT x FROM unnest($1::text[]) x WHERE pg_xact_status(x::xid8) IS DISTINCT FROM 'committed'`,
    [[...new Set(xids)]],
  );
  return new Set(rows.map((row) => String(row['x'])));
}
