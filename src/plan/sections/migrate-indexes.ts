import * as z from 'zod';
import { bareName } from '../../database/index-expectation.ts';
import {
  DEFAULT_RULES,
  EXPECTED_KINDS,
  type FindingKind,
  type IndexRules,
  type Level,
  OTHER_KINDS,
} from '../../database/index-rules.ts';
import { type IndexStatement, readIndexStatement } from '../../database/index-statement.ts';
import { durationMs } from '../../probes/duration.ts';
import { found } from '../issue-words.ts';
import { once } from '../once.ts';
import type { Path } from '../path.ts';
import type { ExpectedIndex, MigratePlan } from '../plan.ts';
import type { Reader } from '../reader.ts';
import { durationText } from './check.ts';

const columns = once(() =>
  z
    .array(z.string().min(1))
    .min(1)
    .describe(
      'Columns or expressions, in order, as SQL has them: `created_at desc nulls last`, `name collate "C" text_pattern_ops`.',
    ),
);

const index = once(() =>
  z.union([
    columns(),
    z.string().min(1).describe('A CREATE INDEX statement. The server reads it; nothing of it may differ.'),
    z.strictObject({
      columns: columns(),
      unique: z.boolean().describe('Whether it must be unique. Default: either is good.').optional(),
      where: z.string().min(1).describe('The condition of a partial index. Default: it must cover every row.').optional(),
      include: z
        .array(z.string().min(1))
        .describe('Columns that it carries beside its keys, in any order. Default: any are good.')
        .optional(),
      method: z.string().min(1).describe('`gin`, `gist`, `brin`, `hash`, … Default: btree.').optional(),
      'nulls-not-distinct': z
        .boolean()
        .describe('Whether a unique index takes two nulls for the same. Default: false where `unique` is asked for.')
        .optional(),
    }),
  ]),
);

const tableIndexes = once(() => z.record(z.string(), index()));

export const indexesField = once(() =>
  z
    .object({
      from: z
        .union([
          z
            .string()
            .min(1)
            .describe('A file of SQL, such as a schema dump: its indexes are expected, as a throwaway server makes them of it.'),
          tableIndexes(),
        ])
        .optional(),
    })
    .catchall(tableIndexes())
    .describe(
      'Indexes that must exist and be valid afterwards, by table (`schema.table`) and name: `{ plans: { ix_plans_status: [status] } }`. `{ from: schema.sql }` expects those of a file.',
    ),
);

const KINDS = [...new Set<FindingKind>([...EXPECTED_KINDS, ...OTHER_KINDS])];

export const indexRulesField = once(() =>
  z
    .strictObject({
      strict: z
        .boolean()
        .describe('Whether an index that the plan does not have is a finding, on the tables that it has. Default: false.')
        .optional(),
      levels: z
        .partialRecord(z.enum(KINDS), z.enum(['block', 'warn', 'off']))
        .describe(
          'What a finding of a kind does: `{ redundant: block, unused: off }`. Default: `leftover`, `duplicate`, `redundant`, `unused` and `foreign_key` warn, all else blocks.',
        )
        .optional(),
      'unused-for': durationText()
        .describe('An index without a scan in this time is unused; never told before the statistics are as old. Default: 30d.')
        .optional(),
      ignore: z
        .array(
          z.strictObject({
            index: z.string().min(1).describe('The index; of a foreign key the constraint.'),
            kind: z.enum(OTHER_KINDS).describe('The kind of finding. Default: all.').optional(),
            reason: z.string().min(1).describe('Why this is as it should be. It stands in the report.'),
          }),
        )
        .describe('Findings about other indexes of the same tables that are known and accepted.')
        .optional(),
    })
    .describe('How findings about indexes are judged.'),
);

type RawIndexes = z.infer<ReturnType<typeof indexesField>>;
type RawIndex = z.infer<ReturnType<typeof index>>;

const AT = ['migrate', 'indexes'];

/** What the plan expects of indexes. */
export function readIndexes(raw: RawIndexes | undefined, reader: Reader): Pick<MigratePlan, 'indexes' | 'indexesFrom'> {
  const indexes: ExpectedIndex[] = [];
  let from: MigratePlan['indexesFrom'];
  for (const [table, each] of Object.entries(raw ?? {})) {
    if (each === undefined) continue;
    if (typeof each === 'string') from = { file: each, position: reader.filled.position([...AT, table]) };
    else indexes.push(...readTable(table, each, reader));
  }
  return { indexes, ...(from === undefined ? {} : { indexesFrom: from }) };
}

export function readIndexRules(raw: z.infer<ReturnType<typeof indexRulesField>> | undefined): IndexRules {
  if (raw === undefined) return DEFAULT_RULES;
  const levels: Partial<Record<FindingKind, Level>> = {};
  for (const kind of KINDS) {
    const level = raw.levels?.[kind];
    if (level !== undefined) levels[kind] = level;
  }
  return {
    strict: raw.strict ?? false,
    levels,
    unusedForMs: raw['unused-for'] === undefined ? DEFAULT_RULES.unusedForMs : durationMs(raw['unused-for']),
    ignores: (raw.ignore ?? []).map(({ index, kind, reason }) => ({ index, reason, ...(kind === undefined ? {} : { kind }) })),
  };
}

const PART = '(?:"(?:[^"]|"")+"|[^".]+)';
const TABLE = new RegExp(`^(?:(${PART})\\.)?(${PART})$`);

function readTable(table: string, indexes: Readonly<Record<string, RawIndex>>, reader: Reader): readonly ExpectedIndex[] {
  const { filled, problems } = reader;
  const [, schema, name] = TABLE.exec(table) ?? [];
  if (name === undefined) {
    problems.add(`Expected a table or \`schema.table\`, found ${found(table)}.`, filled.keyPosition([...AT, table]));
    return [];
  }
  const where = { ...(schema === undefined ? {} : { schema: bareName(schema) }), table: bareName(name) };
  return Object.entries(indexes).flatMap(([index, expected]): readonly ExpectedIndex[] => {
    const path = [...AT, table, index];
    const whole = { ...where, name: index, position: filled.keyPosition(path) };
    if (Array.isArray(expected)) return [{ ...whole, columns: expected }];
    if (typeof expected === 'string') return readStatement(expected, whole, path, reader);
    const { columns, unique, where: condition, include, method, 'nulls-not-distinct': nullsNotDistinct } = expected;
    return [
      {
        ...whole,
        columns,
        ...(unique === undefined ? {} : { unique }),
        ...(condition === undefined ? {} : { where: condition }),
        ...(include === undefined ? {} : { include }),
        ...(method === undefined ? {} : { method: method.toLowerCase() }),
        ...(nullsNotDistinct === undefined ? {} : { nullsNotDistinct }),
      },
    ];
  });
}

/** The statement must speak of the index and the table under which it stands. */
function readStatement(
  sql: string,
  whole: Omit<ExpectedIndex, 'columns'>,
  path: Path,
  { filled, problems }: Reader,
): readonly ExpectedIndex[] {
  if (filled.isUnset(path)) return [];
  const statement = readIndexStatement(sql);
  const told =
    statement === undefined ? 'Expected `CREATE INDEX name ON table (…)`, or a list of columns.' : mismatch(statement, whole);
  if (statement === undefined || told !== undefined) {
    problems.add(told ?? '', filled.position(path));
    return [];
  }
  const { unique, definition } = statement;
  return [{ ...whole, columns: [], unique, definition }];
}

function mismatch({ name, schema, table }: IndexStatement, whole: Omit<ExpectedIndex, 'columns'>): string | undefined {
  if (name !== undefined && name !== whole.name)
    return `The statement makes the index \`${name}\`, and stands under \`${whole.name}\`.`;
  if (table !== whole.table || (schema !== undefined && whole.schema !== undefined && schema !== whole.schema)) {
    const full = schema === undefined ? table : `${schema}.${table}`;
    return `The statement is about the table \`${full}\`, and stands under \`${whole.schema === undefined ? '' : `${whole.schema}.`}${whole.table}\`.`;
  }
  if (schema !== undefined && whole.schema === undefined)
    return `The statement names the schema \`${schema}\`; write \`${schema}.${table}\` for the table that it stands under.`;
  return undefined;
}
