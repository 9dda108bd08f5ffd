import { MeasurementError } from '../../checklist/errors.ts';
import type { Session } from '../client.ts';
import { explainedSchema, type PlanNode } from './plan-node.ts';
import { undone } from './transaction.ts';

/** A statement that the server understands. */
export interface Statement {
  readonly sql: string;
  /** Types of its parameters, in order. */
  readonly parameters: readonly string[];
}

/** Has the server read the statement, inside a transaction. Only one that may have a plan is taken. @throws MeasurementError with the server's own words. */
export async function describeStatement(session: Session, written: string): Promise<Statement> {
  const sql = written.trim().replace(/(?:\s*;)+$/, '');
  const found = await prepared(session, sql, (name) =>
    session.query('SELECT parameter_types::text[] AS parameters FROM pg_prepared_statements WHERE name = $1', [name]),
  );
  const parameters = found.rows[0]?.['parameters'];
  return { sql, parameters: Array.isArray(parameters) ? parameters.map(String) : [] };
}

/**
 * The plan; nothing is executed. Parameters stay unknown, as in a prepared statement's generic plan, unless there are values.
 *
 * Inside a transaction. EXPLAIN (GENERIC_PLAN), from 16 on, takes no parameters over the extended protocol, and the simple one would
 * take a second statement; so the plan is seen through EXECUTE, as up to 15. That prunes partitions by the NULL that stands for the
 * parameter and does not show them: then the pruning is switched off.
 */
export async function explain(session: Session, { sql, parameters }: Statement, values?: readonly string[]): Promise<PlanNode> {
  if (parameters.length === 0) return planFrom(session, `EXPLAIN (FORMAT JSON, VERBOSE) ${sql}`);
  const given = (values ?? parameters.map(() => 'NULL')).join(', ');
  const ask = (settings: string): Promise<PlanNode> =>
    undone(session, async () => {
      await session.run(settings);
      return prepared(session, sql, (name) => planFrom(session, `EXPLAIN (FORMAT JSON, VERBOSE) EXECUTE ${name}(${given})`));
    });
  if (values !== undefined) return ask('SET LOCAL plan_cache_mode = force_custom_plan');
  const generic = 'SET LOCAL plan_cache_mode = force_generic_plan';
  const plan = await ask(generic);
  return hidesPartitions(plan) ? ask(`${generic}; SET LOCAL enable_partition_pruning = off`) : plan;
}

const hidesPartitions = (node: PlanNode): boolean =>
  (node['Subplans Removed'] ?? 0) > 0 || (node.Plans ?? []).some(hidesPartitions);

async function planFrom(session: Session, sql: string): Promise<PlanNode> {
  const { rows } = await session.query(sql);
  const parsed = explainedSchema.safeParse(rows[0]?.['QUERY PLAN']);
  if (!parsed.success) throw new MeasurementError('bad_response', `The plan from ${session.label} has an unknown form.`);
  return parsed.data[0].Plan;
}

/** A prepared statement outlives the transaction; on PGlite all connections share one set of names. */
async function prepared<Result>(session: Session, sql: string, work: (name: string) => Promise<Result>): Promise<Result> {
  const name = `holdpoint_${Math.random().toString(36).slice(2)}`;
  let made = false;
  try {
    return await undone(session, async () => {
      await session.query(`PREPARE ${name} AS ${sql}`);
      made = true;
      return work(name);
    });
  } finally {
    if (made) await session.run(`DEALLOCATE ${name}`).catch(() => undefined);
  }
}
