import * as z from 'zod';
import { MeasurementError } from '../checklist/errors.ts';
import { indexRow, readDefinition } from './catalog.ts';
import type { Session } from './client.ts';
import type { IndexDefinition } from './index-definition.ts';
import { elementSql, expectedSql, type IndexExpectation } from './index-expectation.ts';
import { errorCode } from './refusals.ts';
import { literal } from './sql-text.ts';

/** What the server makes of one expected definition. */
export type Built =
  | { readonly kind: 'built'; readonly definition: IndexDefinition }
  /** The server will not have such an index on this table; in its own words. */
  | { readonly kind: 'refused'; readonly why: string }
  /** The server could not be asked. */
  | { readonly kind: 'unasked'; readonly why: string };

export interface CloneTable {
  /** Ready for SQL. */
  readonly sqlName: string;
  readonly expected: readonly IndexExpectation[];
}

/**
 * Builds the jobs' indexes one by one on an empty copy of their table, reads each from the catalog, and keeps nothing.
 *
 * The session's own setting is read-only, and CREATE is refused in a read-only transaction even for temporary tables; so this one
 * transaction says READ WRITE, and is rolled back. LIKE takes an ACCESS SHARE lock, as a SELECT does. Each table and each index is a
 * subtransaction that ends in an error of our own: its locks are freed, so that any number fits the lock table, and what one
 * definition raises does not touch the next. A key that is an expression may stand without its parentheses in a plan: where the
 * server finds a syntax error, each key is tried alone, and those that fail alone get parentheses.
 */
const BUILD = `DO $holdpoint$
DECLARE
  job jsonb; wanted jsonb; built jsonb; answers text[] := '{}'; keys text[]; key text; said text; code text; pass int; retry boolean;
BEGIN
  FOR job IN SELECT value FROM jsonb_array_elements(current_setting('holdpoint.jobs')::jsonb) LOOP
    BEGIN
      EXECUTE 'CREATE TEMPORARY TABLE holdpoint_clone (LIKE ' || (job ->> 'table') || ')';
      FOR wanted IN SELECT value FROM jsonb_array_elements(job -> 'indexes') LOOP
        keys := NULL; retry := true;
        WHILE retry LOOP
          retry := false;
          BEGIN
            EXECUTE CASE WHEN keys IS NULL THEN wanted ->> 'sql'
              ELSE (wanted ->> 'before') || array_to_string(keys, ', ') || (wanted ->> 'after') END;
            EXECUTE $row$${indexRow("'pg_temp.holdpoint_index'")}$row$ INTO built;
            RAISE EXCEPTION USING ERRCODE = 'HP000';
          EXCEPTION
            WHEN SQLSTATE 'HP000' THEN
              answers := answers || jsonb_build_object('at', wanted -> 'at', 'built', built)::text;
            WHEN OTHERS THEN
              said := SQLERRM; code := SQLSTATE;
              retry := code = '42601' AND keys IS NULL AND wanted ? 'keys';
              IF NOT retry THEN
                answers := answers || jsonb_build_object('at', wanted -> 'at', 'said', said, 'code', code)::text;
              END IF;
          END;
          IF retry THEN
            keys := '{}';
            FOR key IN SELECT value FROM jsonb_array_elements_text(wanted -> 'keys') LOOP
              BEGIN
                EXECUTE 'CREATE INDEX holdpoint_index ON pg_temp.holdpoint_clone (' || key || ')';
                RAISE EXCEPTION USING ERRCODE = 'HP000';
              EXCEPTION
                WHEN syntax_error THEN keys := keys || ('(' || key || ')');
                WHEN OTHERS THEN keys := keys || key;
              END;
            END LOOP;
          END IF;
        END LOOP;
      END LOOP;
      RAISE EXCEPTION USING ERRCODE = 'HP000';
    EXCEPTION
      WHEN SQLSTATE 'HP000' THEN NULL;
      WHEN OTHERS THEN
        answers := answers || jsonb_build_object('table', job -> 'table', 'said', SQLERRM, 'code', SQLSTATE)::text;
    END;
  END LOOP;
  PERFORM set_config('holdpoint.answers', '[' || array_to_string(answers, ',') || ']', true);
END $holdpoint$`;

/** A lock that an ALTER TABLE of somebody else holds is not waited for longer than this. */
const LOCK_TIMEOUT = '2s';

const answersSchema = z.array(
  z.union([
    z.object({ at: z.number(), built: z.unknown() }).refine(({ built }) => built !== undefined),
    z.object({ at: z.number(), said: z.string(), code: z.string() }),
    z.object({ table: z.string(), said: z.string(), code: z.string() }),
  ]),
);

/**
 * Lets the server read expected definitions, in one round trip whatever their number.
 *
 * @returns what it made of each; a server that may not be asked (a standby, no TEMPORARY privilege) is no error.
 */
export async function buildOnClones(
  session: Session,
  tables: readonly CloneTable[],
): Promise<ReadonlyMap<IndexExpectation, Built>> {
  const all = tables.flatMap(({ expected }) => expected);
  const answers = new Map<IndexExpectation, Built>();
  if (all.length === 0) return answers;
  const places = new Map(all.map((expected, at) => [expected, at]));
  const jobs = tables.map(({ sqlName, expected }) => ({
    table: sqlName,
    indexes: expected.flatMap((each) => {
      const why = refusedUnasked(each);
      if (why === undefined) return [jobOf(each, places.get(each) ?? 0)];
      answers.set(each, { kind: 'refused', why });
      return [];
    }),
  }));
  const found = await ask(session, JSON.stringify(jobs));
  if (typeof found === 'string') {
    for (const each of all) if (!answers.has(each)) answers.set(each, { kind: 'unasked', why: found });
    return answers;
  }
  for (const answer of found) {
    if ('table' in answer) {
      const { expected = [] } = tables.find(({ sqlName }) => sqlName === answer.table) ?? {};
      for (const each of expected) if (!answers.has(each)) answers.set(each, { kind: 'unasked', why: answer.said });
      continue;
    }
    const expected = all[answer.at];
    if (expected) answers.set(expected, builtOf(answer, session.label));
  }
  return answers;
}

type Answer = z.infer<typeof answersSchema>[number];

function builtOf(answer: Exclude<Answer, { readonly table: string }>, label: string): Built {
  if ('said' in answer) return { kind: 'refused', why: answer.said };
  const definition = readDefinition(answer.built);
  if (definition === undefined) throw new MeasurementError('bad_response', `The catalog of ${label} has an unknown form.`);
  return { kind: 'built', definition };
}

async function ask(session: Session, jobs: string): Promise<readonly Answer[] | string> {
  try {
    const results = await session.script(
      `BEGIN READ WRITE;
SET LOCAL lock_timeout = '${LOCK_TIMEOUT}';
SET LOCAL client_min_messages = error;
SELECT set_config('holdpoint.jobs', ${literal(jobs)}, true) IS NULL;
${BUILD};
SELECT current_setting('holdpoint.answers')::jsonb AS answers;
ROLLBACK`,
    );
    const parsed = answersSchema.safeParse(results.at(-2)?.rows[0]?.['answers']);
    if (parsed.success) return parsed.data;
    throw new MeasurementError('bad_response', `${session.label} gave no account of the expected definitions.`);
  } catch (error) {
    await session.run('ROLLBACK').catch(() => undefined);
    const cause = error instanceof Error ? error.cause : undefined;
    // What the server refuses as a whole: a standby (25006, 25001), no right (42501), no plpgsql (42704). A broken connection is an error.
    if (!/^(?:0A|25|42)/.test(errorCode(cause) ?? '')) throw error;
    return cause instanceof Error ? cause.message : String(cause);
  }
}

function jobOf(expected: IndexExpectation, at: number) {
  const head = `CREATE${expected.unique === true ? ' UNIQUE' : ''} INDEX holdpoint_index ON pg_temp.holdpoint_clone `;
  const sql = `${head}${expectedSql(expected)}`;
  const { columns, definition, method } = expected;
  if (definition !== undefined || columns.length === 0) return { at, sql };
  const keys = columns.map((column) => elementSql(column, method));
  const [before = '', after = ''] = parted(`${head}${expectedSql({ ...expected, columns: [SLOT] })}`);
  return { at, sql, keys, before, after };
}

/** A column name that stands where the keys go. */
const SLOT = 'holdpoint_keys_go_here';
const parted = (sql: string): readonly string[] => sql.split(SLOT, 2);

/** EXECUTE would take a second statement behind a semicolon: what has one outside quotes, or may have, is not sent. */
function refusedUnasked({ columns, where, definition }: IndexExpectation): string | undefined {
  const has = [...columns, where ?? '', definition ?? ''].some((part) => unquoted(part).includes(';'));
  return has ? 'a definition may not have a semicolon in it' : undefined;
}

/** Without what stands in quotes; where quotes may mean something else, all of it. */
function unquoted(sql: string): string {
  return /\\|\$|--|\/\*/.test(sql) ? sql : sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, '');
}
