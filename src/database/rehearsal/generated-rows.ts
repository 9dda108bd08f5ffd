import * as z from 'zod';
import { MeasurementError } from '../../checklist/errors.ts';
import type { Ports } from '../../runner/ports.ts';
import { type Session, withSession } from '../client.ts';

const INSERT_LIMIT_MS = 300_000;

const TABLE = `
SELECT c.oid::regclass::text AS "table",
  (SELECT coalesce(jsonb_agg(jsonb_build_object('n', a.attnum, 'name', quote_ident(a.attname), 'notNull', a.attnotnull,
      'type', format_type(b.oid, CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END), 'base', b.typname, 'category', b.typcategory,
      'kind', b.typtype, 'length', CASE WHEN b.typname IN ('varchar', 'bpchar') AND a.atttypmod > 4 THEN a.atttypmod - 4 END,
      'filled', a.attidentity <> '' OR a.attgenerated <> '' OR d.oid IS NOT NULL) ORDER BY a.attnum), '[]')
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('name', k.conname, 'parent', k.confrelid::regclass::text, 'columns', k.conkey,
      'keys', (SELECT jsonb_agg(quote_ident(p.attname) ORDER BY o) FROM unnest(k.confkey) WITH ORDINALITY u(n, o)
        JOIN pg_attribute p ON p.attrelid = k.confrelid AND p.attnum = u.n)) ORDER BY k.conname), '[]')
    FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f') AS parents,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('column', k.conkey[1], 'definition', pg_get_constraintdef(k.oid))), '[]')
    FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c' AND cardinality(k.conkey) = 1) AS checks
FROM pg_class c WHERE c.oid = to_regclass($1) AND c.relkind IN ('r', 'p')`;

const columnSchema = z.object({
  n: z.number(),
  name: z.string(),
  notNull: z.boolean(),
  type: z.string(),
  base: z.string(),
  category: z.string(),
  kind: z.string(),
  length: z.number().nullable(),
  filled: z.boolean(),
});
const tableSchema = z.object({
  table: z.string(),
  columns: z.array(columnSchema),
  parents: z.array(z.object({ name: z.string(), parent: z.string(), columns: z.array(z.number()), keys: z.array(z.string()) })),
  checks: z.array(z.object({ column: z.number(), definition: z.string() })),
});

type Table = z.infer<typeof tableSchema>;
type Column = z.infer<typeof columnSchema>;

/**
 * Fills tables with rows that the server makes up from the columns' types: parents before children, foreign keys from the parents' rows,
 * lists of allowed values from CHECK constraints. What cannot be made up is refused, with the constraint's name.
 *
 * @param wanted rows by table.
 */
export async function generateRows(wanted: Readonly<Record<string, number>>, databaseUrl: string, ports: Ports): Promise<void> {
  const options = { ...ports, readOnly: false, statementTimeoutMs: INSERT_LIMIT_MS };
  await withSession(databaseUrl, options, async (session) => {
    const tables: (Table & { readonly count: number })[] = [];
    for (const [name, count] of Object.entries(wanted)) tables.push({ count, ...(await readTable(name, session)) });
    for (const table of parentsFirst(tables)) {
      await fill(table, table.count, session);
      await session.run(`ANALYZE ${table.table}`);
    }
  });
}

async function readTable(name: string, session: Session): Promise<Table> {
  const { rows } = await session.query(TABLE, [name]);
  const [row] = rows;
  if (row === undefined) {
    throw new MeasurementError(
      'not_found',
      `\`rows\` names the table ${name}, which is not there before the migration. Load it by \`schema\` or \`from\`, or leave it out.`,
    );
  }
  const parsed = tableSchema.safeParse(row);
  if (parsed.success) return parsed.data;
  throw new MeasurementError('bad_response', `The catalog tells ${name} in an unknown form: ${parsed.error.message}`);
}

function parentsFirst<Each extends Table>(tables: readonly Each[]): readonly Each[] {
  const ordered: Each[] = [];
  const waiting = [...tables];
  while (waiting.length > 0) {
    const free = waiting.findIndex(({ parents, table }) =>
      parents.every(({ parent }) => parent === table || !waiting.some((other) => other.table === parent)),
    );
    // A ring of foreign keys: the server will say whether it can be done.
    ordered.push(...waiting.splice(Math.max(free, 0), 1));
  }
  return ordered;
}

async function fill({ table, columns, parents, checks }: Table, count: number, session: Session): Promise<void> {
  const values = new Map<number, string>();
  const joins: string[] = [];
  for (const [at, { parent, columns: own, keys }] of parents.entries()) {
    const needed = own.some((n) => columns.find((column) => column.n === n)?.notNull === true);
    const { rows } = await session.query(`SELECT count(*)::int AS rows FROM ${parent}`);
    const available = Number(rows[0]?.['rows'] ?? 0);
    if (available === 0) {
      if (needed) {
        throw new MeasurementError(
          'unsupported',
          `Rows for ${table} need rows in ${parent}, which has none. Add \`${parent}\` to \`rows\`, or fill both by \`seed\`.`,
        );
      }
      for (const n of own) values.set(n, 'NULL');
      continue;
    }
    joins.push(
      `JOIN (SELECT row_number() OVER () - 1 AS place, ${keys.join(', ')} FROM ${parent}) parent_${at} ON parent_${at}.place = (g - 1) % ${available}`,
    );
    for (const [key, n] of own.entries()) values.set(n, `parent_${at}.${keys[key] ?? ''}`);
  }
  for (const column of columns) {
    if (values.has(column.n) || column.filled) continue;
    const value = allowedBy(checks.filter(({ column: n }) => n === column.n)) ?? valueFor(column);
    if (value !== undefined) values.set(column.n, `(${value})::${column.type}`);
    else if (column.notNull) {
      throw new MeasurementError(
        'unsupported',
        `No value can be made up for ${table}.${column.name} of type ${column.type}. Fill the table by \`seed\`.`,
      );
    }
  }
  const filled = columns.filter(({ n }) => values.has(n));
  if (filled.length === 0) throw new MeasurementError('unsupported', `${table} has no column to fill. Fill it by \`seed\`.`);
  try {
    await session.run(
      `INSERT INTO ${table} (${filled.map(({ name }) => name).join(', ')}) SELECT ${filled.map(({ n }) => values.get(n)).join(', ')} FROM generate_series(1, ${count}) g ${joins.join(' ')}`,
    );
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new MeasurementError(
      'unsupported',
      `The rows made up for ${table} do not keep its constraints: ${said} Fill the table by \`seed\`.`,
      { cause },
    );
  }
}

/** `CHECK ((status = ANY (ARRAY['a'::text, 'b'::text])))`, as the server writes `status IN ('a', 'b')`. */
function allowedBy(checks: readonly { readonly definition: string }[]): string | undefined {
  for (const { definition } of checks) {
    const list = /= ANY \(+(ARRAY\[(?:'(?:[^']|'')*'|[^\]'])*\])/.exec(definition)?.[1];
    if (list !== undefined) return `(${list})[1 + (g % cardinality(${list}))]`;
  }
  return undefined;
}

/** An expression in `g`, which counts from 1. Whole numbers, texts, dates and UUIDs differ from row to row. */
function valueFor({ base, category, kind, length, type }: Column): string | undefined {
  if (kind === 'e') return `(enum_range(NULL::${type}))[1 + (g % cardinality(enum_range(NULL::${type})))]`;
  if (category === 'A') return `'{}'`;
  switch (base) {
    case 'int2':
      return 'g % 32767';
    case 'int4':
    case 'int8':
    case 'oid':
    case 'float4':
    case 'float8':
      return 'g';
    case 'numeric': {
      const [, digits = '12', scale = '0'] = /\((\d+),(\d+)\)/.exec(type) ?? [];
      return `g % (10 ^ ${Math.max(Number(digits) - Number(scale), 1)})::numeric`;
    }
    case 'bool':
      return 'g % 2 = 0';
    case 'text':
    case 'citext':
    case 'varchar':
    case 'bpchar':
    case 'name':
      // The number alone where there is little room: cutting it off would make it a number of another row.
      return length !== null && length < 14 ? `right(g::text, ${length})` : `'value ' || g`;
    case 'uuid':
      return 'md5(g::text)';
    case 'date':
      return `date '2020-01-01' + (g % 2000)::int`;
    case 'timestamp':
    case 'timestamptz':
      return `timestamptz '2020-01-01 00:00:00Z' + g * interval '1 minute'`;
    case 'time':
      return `time '00:00' + g * interval '1 second'`;
    case 'interval':
      return `g * interval '1 second'`;
    case 'json':
    case 'jsonb':
      return `jsonb_build_object('n', g)`;
    case 'bytea':
      return `decode(md5(g::text), 'hex')`;
    case 'inet':
    case 'cidr':
      return `inet '10.0.0.0' + g`;
    default:
      return undefined;
  }
}
