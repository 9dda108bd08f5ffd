import * as z from 'zod';
import { MeasurementError } from '../checklist/errors.ts';
import { readOnly, type Session } from './client.ts';

/** A query, and the index that must be able to serve it. */
export interface QueryExpectation {
  readonly sql: string;
  readonly uses: string;
}

export interface QueryProof {
  /** The named index is looked into by a condition of the query. */
  readonly served: boolean;
  /** One sentence: what the planner would do. */
  readonly found: string;
  /** The plan, one node a line. */
  readonly plan: string;
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string | undefined;
  readonly 'Index Name'?: string | undefined;
  readonly 'Index Cond'?: string | undefined;
  readonly 'Recheck Cond'?: string | undefined;
  readonly Filter?: string | undefined;
  readonly Plans?: readonly PlanNode[] | undefined;
}

const planNodeSchema: z.ZodType<PlanNode> = z.lazy(() =>
  z.object({
    'Node Type': z.string(),
    'Relation Name': z.string().optional(),
    'Index Name': z.string().optional(),
    'Index Cond': z.string().optional(),
    'Recheck Cond': z.string().optional(),
    Filter: z.string().optional(),
    Plans: z.array(planNodeSchema).optional(),
  }),
);
const explainedSchema = z.tuple([z.object({ Plan: planNodeSchema })]);

/** The index itself and, when it is partitioned, all below it: EXPLAIN names the partitions' own. */
const FAMILY = `
WITH RECURSIVE family AS (
  SELECT c.oid, c.relname FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
  WHERE c.relname = $1::name AND pg_table_is_visible(i.indrelid)
  UNION ALL
  SELECT c.oid, c.relname FROM family f JOIN pg_inherits h ON h.inhparent = f.oid JOIN pg_class c ON c.oid = h.inhrelid
) SELECT relname::text AS name FROM family`;

/**
 * Asks the planner whether the index can serve the query: sequential scans are made unattractive, so that a small or empty table
 * tells as much as a large one, and parameters stay unknown as in a prepared statement's generic plan. The query is not executed.
 *
 * A full walk through the index is no proof: there must be an `Index Cond`.
 */
export async function proveQuery(session: Session, { sql, uses }: QueryExpectation): Promise<QueryProof> {
  const statement = sql.trim().replace(/(?:\s*;)+$/, '');
  // On PGlite all connections share one set of names.
  const name = `holdpoint_${Math.random().toString(36).slice(2)}`;
  return readOnly(session, async () => {
    const family = await session.query(FAMILY, [uses]);
    const names = new Set(family.rows.map(({ name }) => String(name)));
    await session.run('SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_generic_plan');
    await session.query(`PREPARE ${name} AS ${statement}`);
    try {
      return verdict(await explain(session, name), uses, names);
    } finally {
      // Outlives the transaction otherwise.
      await session.run(`DEALLOCATE ${name}`).catch(() => undefined);
    }
  });
}

async function explain(session: Session, statement: string): Promise<PlanNode> {
  const prepared = await session.query(
    'SELECT cardinality(parameter_types) AS parameters FROM pg_prepared_statements WHERE name = $1',
    [statement],
  );
  const parameters = Number(prepared.rows[0]?.['parameters'] ?? 0);
  const nulls = parameters === 0 ? '' : `(${Array(parameters).fill('NULL').join(', ')})`;
  const { rows } = await session.query(`EXPLAIN (FORMAT JSON) EXECUTE ${statement}${nulls}`);
  const parsed = explainedSchema.safeParse(rows[0]?.['QUERY PLAN']);
  if (!parsed.success) throw new MeasurementError('bad_response', `The plan from ${session.label} has an unknown form.`);
  return parsed.data[0].Plan;
}

function verdict(root: PlanNode, uses: string, names: ReadonlySet<string>): QueryProof {
  const nodes = flatten(root, 0);
  const plan = nodes.map(({ node, depth }) => '  '.repeat(depth) + line(node)).join('\n');
  if (names.size === 0) return { served: false, found: `There is no index ${uses} in the search path.`, plan };
  const touching = nodes.map(({ node }) => node).filter((node) => names.has(node['Index Name'] ?? ''));
  if (touching.some((node) => node['Index Cond'] !== undefined)) {
    return { served: true, found: `The planner looks the rows up in ${uses}.`, plan };
  }
  if (touching.length > 0) return { served: false, found: `The planner could only walk through the whole of ${uses}.`, plan };
  const others = [...new Set(nodes.flatMap(({ node }) => node['Index Name'] ?? []))];
  const instead = others.length === 0 ? 'reads the whole table' : `takes ${others.join(' and ')}`;
  return {
    served: false,
    found: `The planner does not use ${uses}: it ${instead}, even with sequential scans made unattractive.`,
    plan,
  };
}

function flatten(node: PlanNode, depth: number): readonly { readonly node: PlanNode; readonly depth: number }[] {
  return [{ node, depth }, ...(node.Plans ?? []).flatMap((child) => flatten(child, depth + 1))];
}

function line(node: PlanNode): string {
  const index = node['Index Name'] === undefined ? '' : ` using ${node['Index Name']}`;
  const relation = node['Relation Name'] === undefined ? '' : ` on ${node['Relation Name']}`;
  const conditions = (['Index Cond', 'Recheck Cond', 'Filter'] as const).flatMap((name) =>
    node[name] ? `${name}: ${node[name]}` : [],
  );
  return `${node['Node Type']}${index}${relation}${conditions.length === 0 ? '' : `  [${conditions.join('; ')}]`}`;
}
