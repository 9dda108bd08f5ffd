import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { MeasurementError, PlanError } from '../checklist/errors.ts';
import { isConnectionString } from '../database/connection-string.ts';
import { isOtherEngine } from '../database/engine.ts';
import type { IndexFinding } from '../database/index-rules.ts';
import type { IndexCheck } from '../database/indexes.ts';
import { indexWords } from '../phases/words/migrate-indexes.ts';
import { ALL_REGISTRIES } from '../plan/all-registries.ts';
import { noPlanMessage } from '../plan/missing.ts';
import type { MigratePlan, Plan } from '../plan/plan.ts';
import { readPlan } from '../plan/read.ts';
import { plainLine } from '../report/escape.ts';
import { onMachine } from '../runner/machine.ts';
import type { Environment, Log, Ports } from '../runner/ports.ts';
import { secretSet } from '../runner/secrets.ts';
import type { IndexesCommand } from './arguments.ts';
import type { Terminal } from './terminal.ts';

/**
 * Writes a database's indexes as the plan's `indexes:`, or checks a database against a plan. Exit status 0 pass or warn, 1 fail, 3 when
 * the database could not be asked or nothing was expected of it.
 */
export async function runIndexes(
  command: IndexesCommand,
  env: Environment,
  signal: AbortSignal,
  terminal: Terminal,
): Promise<number> {
  const secrets = secretSet();
  const warn = (text: string) => void terminal.error(`${text}\n`);
  const log: Log = { info: warn, warn, error: warn, debug: () => undefined };
  return onMachine({ env, directory: process.cwd(), signal, secrets, log }, (ports) =>
    command.action === 'snapshot' ? snapshot(command, ports, terminal) : check(command, ports, terminal),
  );
}

async function snapshot(
  { database, schemas }: Extract<IndexesCommand, { action: 'snapshot' }>,
  ports: Ports,
  terminal: Terminal,
): Promise<number> {
  const url = await urlOf(database, ports, terminal);
  if (isOtherEngine(url)) {
    await terminal.error(
      'A snapshot is made of a PostgreSQL only. List the indexes under `indexes:`, then run `holdpoint indexes check`.\n',
    );
    return 3;
  }
  try {
    const [{ withSession }, { readWholeCatalog }, { snapshotOf }, { indexesText }] = await Promise.all([
      import('../database/client.ts'),
      import('../database/catalog.ts'),
      import('../database/index-snapshot.ts'),
      import('../plan/indexes-text.ts'),
    ]);
    const tables = await withSession(url, ports, (session) => readWholeCatalog(session, schemas));
    await terminal.out(indexesText(tables.map(snapshotOf)));
    return 0;
  } catch (error) {
    return refused(error, ports, terminal);
  }
}

async function check(
  { database, planFile, json }: Extract<IndexesCommand, { action: 'check' }>,
  ports: Ports,
  terminal: Terminal,
): Promise<number> {
  const plan = await planIn(planFile, ports.env);
  const { migrate } = plan;
  for (const secret of plan.secrets) ports.secrets.add(secret);
  if (migrate === undefined) throw new PlanError(`${planFile} has no \`migrate\` section, so it expects no indexes.`);
  const url = await urlOf(database ?? migrate.database, ports, terminal, plan);
  let roundTrips = 0;
  try {
    const found = await look(url, migrate, ports, (trips) => {
      roundTrips = trips;
    });
    const findings = [...found.answers.flatMap(({ finding }) => finding ?? []), ...found.others];
    const verdict = verdictOf(found, findings);
    if (json) await terminal.out(`${JSON.stringify(report(verdict, roundTrips, found, findings), null, 2)}\n`);
    else await terminal.out(`${readable(verdict, roundTrips, found, findings).join('\n')}\n`);
    return EXIT[verdict];
  } catch (error) {
    if (json && error instanceof MeasurementError) {
      const message = ports.secrets.mask(error.message);
      const body = { verdict: 'error', round_trips: roundTrips, findings: [], reason_code: error.reason, message };
      await terminal.out(`${JSON.stringify(body, null, 2)}\n`);
      return 3;
    }
    return refused(error, ports, terminal);
  }
}

async function look(url: string, migrate: MigratePlan, ports: Ports, tell: (trips: number) => void): Promise<IndexCheck> {
  const { indexes, indexesFrom, indexRules: rules } = migrate;
  const { checkExpectedIndexes } = await import('../database/expected-indexes.ts');
  return (await checkExpectedIndexes(url, { indexes, from: indexesFrom?.file, rules }, ports, tell)).check;
}

type CheckVerdict = 'pass' | 'warn' | 'fail' | 'inconclusive';
const EXIT: Readonly<Record<CheckVerdict, number>> = { pass: 0, warn: 0, fail: 1, inconclusive: 3 };

function verdictOf({ answers }: IndexCheck, findings: readonly IndexFinding[]): CheckVerdict {
  if (answers.length === 0) return 'inconclusive';
  if (findings.some(({ level }) => level === 'block')) return 'fail';
  return findings.length > 0 ? 'warn' : 'pass';
}

function report(verdict: CheckVerdict, roundTrips: number, found: IndexCheck, findings: readonly IndexFinding[]) {
  return {
    verdict,
    round_trips: roundTrips,
    indexes: found.answers.length,
    findings: findings.map(({ kind, level, schema, table, index, expected, found: has, fix }) => ({
      kind,
      level,
      schema: schema ?? null,
      table,
      index,
      expected,
      found: has,
      fix,
    })),
    ignored: found.ignored.map(({ finding, reason }) => ({ kind: finding.kind, index: finding.index, reason })),
    notes: notesOf(found),
  };
}

function notesOf({ answers, idleIgnores, engine }: IndexCheck): readonly string[] {
  const unasked = [...new Set(answers.flatMap((answer) => answer.unasked ?? []))];
  return [
    ...(answers.length === 0 ? ['The plan expects no indexes, so nothing was compared.'] : []),
    ...unasked.map(
      (why) => `Some definitions were compared as text, because the server could not be asked what they mean: ${why}.`,
    ),
    ...idleIgnores.map(({ index }) => `The plan ignores ${index}, and nothing was found there: take it out.`),
    ...(engine === undefined ? [] : [indexWords('en').untold[engine]]),
  ];
}

function readable(
  verdict: CheckVerdict,
  roundTrips: number,
  found: IndexCheck,
  findings: readonly IndexFinding[],
): readonly string[] {
  const count = found.answers.length === 1 ? '1 index' : `${found.answers.length} indexes`;
  const trips = roundTrips === 1 ? '1 round trip' : `${roundTrips} round trips`;
  const line = (indent: string, ...parts: readonly string[]): string => indent + parts.map(plainLine).join('  ');
  return [
    ...findings.flatMap(({ kind, level, schema, table, index, expected, found: has, fix }) => [
      line('', level === 'block' ? 'fail' : 'warn', kind, `${index} on ${schema === undefined ? '' : `${schema}.`}${table}`),
      line('      expected  ', expected),
      line('      found     ', has),
      ...fix.split('\n').map((sql, at) => line(at === 0 ? '      fix       ' : '                ', sql)),
    ]),
    ...found.ignored.map(({ finding, reason }) => line('', 'ignored', finding.kind, `${finding.index}: ${reason}`)),
    ...notesOf(found).map((note) => line('', `Note: ${note}`)),
    line('', `${verdict}: ${count} expected, ${findings.length === 1 ? '1 finding' : `${findings.length} findings`}, ${trips}`),
  ];
}

async function planIn(file: string, env: Environment): Promise<Plan> {
  const text = await readFile(resolve(process.cwd(), file), 'utf8').catch((error: unknown) => {
    throw new PlanError(noPlanMessage(file, error), undefined, { cause: error });
  });
  // Without a phase: a variable that only the migration tool needs may be unset here.
  return readPlan({ text, origin: { file, source: 'head' } }, env, { registries: ALL_REGISTRIES });
}

/** A URL, the name of an environment variable that holds one, or a name under the plan's `databases:`. */
async function urlOf(named: string, { env, secrets }: Ports, terminal: Terminal, plan?: Plan): Promise<string> {
  if (isConnectionString(named)) {
    secrets.addUrl(named);
    if (/^[^/]*\/\/[^/]*:[^/]*@/.test(named)) {
      await terminal.error(
        'A password in the arguments can be read by every user of this machine. Put the URL into an environment variable, and ' +
          'give its name: --database DATABASE_URL.\n',
      );
    }
    return named;
  }
  const planned = plan !== undefined && Object.hasOwn(plan.databases, named) ? plan.databases[named] : undefined;
  const url = planned?.kind === 'url' ? planned.url : env[named];
  if (url !== undefined && url !== '') {
    secrets.addUrl(url);
    return url;
  }
  if (planned?.kind === 'throwaway' || named === 'throwaway') {
    throw new PlanError(`\`${named}\` is a throwaway database: it is empty. Name another by --database DATABASE_URL.`);
  }
  throw new PlanError(
    `\`--database ${named}\`: there is no environment variable and no entry under \`databases:\` of this name. ` +
      'Expected the name of a variable that holds a URL, such as DATABASE_URL.',
  );
}

async function refused(error: unknown, { secrets }: Ports, terminal: Terminal): Promise<number> {
  if (!(error instanceof MeasurementError)) throw error;
  await terminal.error(`${plainLine(secrets.mask(error.message))}\n`);
  return 3;
}
