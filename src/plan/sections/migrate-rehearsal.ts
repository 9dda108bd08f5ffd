import * as z from 'zod';
import type { Position } from '../../checklist/model.ts';
import { nearestName } from '../../criteria/nearest.ts';
import { RULE_IDS, type RuleId, ruleNamed } from '../../database/x-ray/rules.ts';
import { durationMs } from '../../probes/duration.ts';
import { INLINE } from '../databases.ts';
import { once } from '../once.ts';
import { isRecord } from '../plain-data.ts';
import type { Reader } from '../reader.ts';
import { durationText } from './check.ts';

const WITHIN_MS = 10 * 60_000;
const AT = ['migrate'];

/** What a migration is rehearsed on, and how. */
export interface RehearsalPlan {
  /** A dump of the schema to begin with, from the repository's root. */
  readonly schema?: string;
  /** Begin with the migrations of the base branch; without a branch it is the event's. */
  readonly from?: { readonly branch?: string };
  /** Files of SQL that fill the tables before the migration. */
  readonly seed: readonly string[];
  /** How many rows to make up, by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Whether the migration is undone and done again. */
  readonly undo: boolean;
  readonly xray?: XrayPlan;
  /** Longest time for each of its items. */
  readonly limitMs: number;
  /** The plan gives no database: then only a pull request, or a terminal, gets a throwaway one. */
  readonly assumed: boolean;
  readonly position: Position;
}

/** Findings that the plan accepts. */
export interface XrayPlan {
  readonly ignore: readonly IgnoredFinding[];
}

export interface IgnoredFinding {
  readonly rule: RuleId;
  /** The index, constraint, column or table; undefined: all of them. */
  readonly object?: string;
  readonly reason: string;
}

const file = (what: string) => z.string().min(1).describe(`${what}, from the repository’s root.`);
const reason = () => z.string().min(1).describe('Why it does no harm here.');

const xraySchema = once(() =>
  z.union([
    z.boolean().describe('Whether the statements are watched.'),
    z.strictObject({
      ignore: z
        .record(z.string(), z.union([reason(), z.record(z.string(), reason())]))
        .describe('Findings that are accepted, with the reason; by id, or by id and object.')
        .optional(),
    }),
  ]),
);

export const rehearsalFields = once(() => ({
  rehearsal: z
    .union([
      z.literal(false).describe('No rehearsal.'),
      z.strictObject({
        schema: file('A dump of the schema to begin with').optional(),
        from: z
          .string()
          .min(1)
          .describe('Begin with the migrations of this branch, as they are at the merge base; `base` is the pull request’s.')
          .optional(),
        seed: z
          .union([file('A file of SQL'), z.array(file('A file of SQL')).min(1)])
          .describe('SQL that fills tables before the migration.')
          .optional(),
        rows: z
          .record(z.string(), z.int().min(1).max(50_000_000))
          .describe('Rows to make up before the migration, by table: `{ plans: 10000 }`.')
          .optional(),
        undo: z.boolean().describe('Whether the migration is undone and done again. Default: true.').optional(),
        within: durationText().describe('The longest that each step may take. Default: 10m.').optional(),
      }),
    ])
    .describe(
      'On a throwaway database, and only there: what it holds before the migration, and that it is undone and done again. See [migrations](../migrations.md).',
    )
    .optional(),
  xray: xraySchema()
    .describe(
      'On a throwaway database: what the statements would do to a busy one. Default: true when `rehearsal` has `schema` or `from`. `{ ignore: { index-not-concurrent: "table has 200 rows" } }` accepts findings.',
    )
    .optional(),
}));

interface RawFields {
  readonly database?: string | { readonly throwaway: true } | undefined;
  readonly rehearsal?:
    | false
    | {
        readonly schema?: string | undefined;
        readonly from?: string | undefined;
        readonly seed?: string | readonly string[] | undefined;
        readonly rows?: Readonly<Record<string, number>> | undefined;
        readonly undo?: boolean | undefined;
        readonly within?: string | undefined;
      }
    | undefined;
  readonly xray?:
    | boolean
    | { readonly ignore?: Readonly<Record<string, string | Readonly<Record<string, string>>>> | undefined }
    | undefined;
}

/** undefined when the database is not a throwaway one, or the plan wants no rehearsal: one plan serves pull requests and deployments. */
export function readRehearsal(raw: RawFields, reader: Reader): RehearsalPlan | undefined {
  const { filled } = reader;
  const ignore = typeof raw.xray === 'object' ? readIgnored(raw.xray.ignore ?? {}, reader) : [];
  if (!isThrowaway(raw.database, reader) || (raw.rehearsal === false && (raw.xray ?? false) === false)) return undefined;
  const {
    schema,
    from,
    seed,
    rows = {},
    undo = true,
    within,
  } = raw.rehearsal === false ? { undo: false } : (raw.rehearsal ?? {});
  const hasBase = schema !== undefined || from !== undefined;
  const watched = raw.xray === undefined ? hasBase : raw.xray !== false;
  return {
    ...(schema === undefined ? {} : { schema }),
    ...(from === undefined ? {} : { from: from === 'base' ? {} : { branch: from } }),
    seed: seed === undefined ? [] : typeof seed === 'string' ? [seed] : seed,
    rows,
    undo,
    ...(watched ? { xray: { ignore } } : {}),
    limitMs: within === undefined ? WITHIN_MS : durationMs(within),
    assumed: raw.database === undefined,
    position: raw.rehearsal === undefined ? filled.keyPosition(AT) : filled.keyPosition([...AT, 'rehearsal']),
  };
}

function isThrowaway(database: RawFields['database'], { filled }: Reader): boolean {
  if (database === undefined || typeof database !== 'string') return true;
  const entry = filled.value(['databases', database]);
  return isRecord(entry) ? entry['throwaway'] === true : database === INLINE;
}

function readIgnored(
  ignore: Readonly<Record<string, string | Readonly<Record<string, string>>>>,
  { filled, problems }: Reader,
): readonly IgnoredFinding[] {
  return Object.entries(ignore).flatMap(([name, accepted]): IgnoredFinding[] => {
    const rule = ruleNamed(name);
    if (rule === undefined) {
      const nearest = nearestName(name, RULE_IDS);
      const hint = nearest === undefined ? 'docs/migrations.md lists them.' : `Did you mean \`${nearest}\`?`;
      problems.add(`There is no finding \`${name}\`. ${hint}`, filled.keyPosition([...AT, 'xray', 'ignore', name]));
      return [];
    }
    if (typeof accepted === 'string') return [{ rule, reason: accepted }];
    return Object.entries(accepted).map(([object, why]) => ({ rule, object, reason: why }));
  });
}
