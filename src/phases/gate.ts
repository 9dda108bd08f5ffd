import { type Delivery, openDelivery, type Sinks } from '../checklist/delivery.ts';
import { PlanError, PlanErrors } from '../checklist/errors.ts';
import { type ChecklistHead, openChecklist } from '../checklist/events.ts';
import { maskTexts } from '../checklist/mask.ts';
import type { Checklist, Phase, PlanOrigin, Subject } from '../checklist/model.ts';
import { runChecklist } from '../checklist/run.ts';
import type { Locale } from '../criteria/value.ts';
import { openDatabases } from '../database/connections.ts';
import type { PastReports } from '../github/past-reports.ts';
import type { Plan } from '../plan/plan.ts';
import { type PlanSource, readPlan } from '../plan/read.ts';
import { registriesFor } from '../plan/registries.ts';
import { secretsOf } from '../plan/secrets.ts';
import type { Ports } from '../runner/ports.ts';
import { latestOnly } from './latest-only.ts';
import type { Facts, PhaseContext } from './phase.ts';
import { planProblemChecklist } from './plan-problems.ts';
import { type Prepared, prepare } from './prepare.ts';

/** One gate to hold: which phase, by which plan, for which commit. */
export interface Gate {
  readonly phase: Phase;
  /** The plan's text; or why there is none. */
  readonly source: PlanSource | PlanError;
  readonly origin: PlanOrigin;
  /** The rollback option that the run asks for. */
  readonly option?: string;
  readonly dryRun: boolean;
  readonly subject: Subject;
  readonly facts: Facts;
  /** What a reader must know of how this run came about. */
  readonly notes: readonly string[];
  /** Asked for by the run; else the plan's, else English. */
  readonly locale?: Locale;
  /** Reports of earlier runs; undefined without access to GitHub. */
  readonly pastReports?: PastReports;
  /** Where the checklist is shown, once its language is known. */
  readonly sinks: (locale: Locale) => Sinks;
}

/**
 * Holds a gate: reads the plan, carries the checklist out and shows it. Whatever happens, the sinks are closed, servers and databases
 * that were started are gone, and the returned checklist is final. Secrets are masked before anything leaves this function.
 */
export async function holdGate(gate: Gate, ports: Ports): Promise<Checklist> {
  const startedAt = ports.clock.now();
  const opened = await openPlan(gate, ports);
  const plan = 'error' in opened ? undefined : opened.plan;
  const head: ChecklistHead = {
    phase: gate.phase,
    ...(plan?.service === undefined ? {} : { service: plan.service }),
    subject: gate.subject,
    plan: gate.origin,
    dryRun: gate.dryRun,
    notes: [...gate.notes, ...(plan?.warnings.map(({ message }) => message) ?? [])],
    startedAt,
  };
  const show = masking(ports);
  const sinks = gate.sinks(gate.locale ?? plan?.locale ?? 'en');

  if ('error' in opened) {
    const checklist = show.fresh(planProblemChecklist(head, opened.error, ports.clock.now()));
    return (await openDelivery(sinks, checklist, ports.clock)).close(checklist);
  }
  const checklist = openChecklist(head, opened.prepared.steps);
  const delivery = await openDelivery(sinks, show.cached(checklist), ports.clock);
  const last = await carryOut(checklist, opened, delivery, show, ports);
  return delivery.close(show.fresh(last));
}

const NONE_DECLARED: ReadonlySet<string> = new Set();

interface OpenedPlan {
  readonly plan: Plan;
  readonly prepared: Prepared;
  readonly databases: ReturnType<typeof openDatabases>;
}

async function openPlan(gate: Gate, ports: Ports): Promise<OpenedPlan | { readonly error: PlanError | PlanErrors }> {
  // A command of the plan may print what the plan itself does not name.
  for (const [name, value] of Object.entries(ports.env))
    for (const secret of secretsOf(name, value ?? '', NONE_DECLARED)) ports.secrets.add(secret);
  if (gate.source instanceof PlanError) return { error: gate.source };
  try {
    const registries = await registriesFor(gate.phase);
    const plan = readPlan(gate.source, ports.env, { phase: gate.phase, registries });
    for (const secret of plan.secrets) ports.secrets.add(secret);
    const databases = openDatabases(plan.databases, ports);
    const locale = gate.locale ?? plan.locale ?? 'en';
    const past = gate.pastReports === undefined ? {} : { pastReports: gate.pastReports };
    const context: PhaseContext = { ...ports, plan, databases, dryRun: gate.dryRun, facts: gate.facts, locale, ...past };
    return { plan, databases, prepared: await prepare(gate.phase, plan, gate.option, context) };
  } catch (error) {
    if (error instanceof PlanError || error instanceof PlanErrors) return { error };
    throw error;
  }
}

async function carryOut(
  checklist: Checklist,
  { prepared, databases }: OpenedPlan,
  delivery: Delivery,
  show: Masking,
  ports: Ports,
): Promise<Checklist> {
  const updates = latestOnly((current: Checklist) => delivery.update(show.cached(current)));
  try {
    return await runChecklist({
      checklist,
      ...prepared,
      clock: ports.clock,
      signal: ports.signal,
      observe: updates.give,
    });
  } finally {
    updates.stop();
    await databases.stop();
  }
}

interface Masking {
  /** While it runs: what has not changed since is not masked again. */
  cached(checklist: Checklist): Checklist;
  /** At the end, when every secret is known. */
  fresh(checklist: Checklist): Checklist;
}

function masking({ secrets }: Ports): Masking {
  const known = new WeakMap<object, unknown>();
  const mask = (text: string) => secrets.mask(text);
  return {
    cached: (checklist) => maskTexts(checklist, mask, known),
    fresh: (checklist) => maskTexts(checklist, mask),
  };
}
