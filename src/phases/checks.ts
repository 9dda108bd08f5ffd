import { MeasurementError } from '../checklist/errors.ts';
import { type Judged, judgeCriteria, mayBecomeBaseline, soften } from '../checklist/judging.ts';
import type { Judgement, Outcome } from '../checklist/model.ts';
import type { Step, StepContext } from '../checklist/step.ts';
import type { Observation } from '../criteria/evaluate.ts';
import type { Criterion } from '../criteria/syntax.ts';
import { namedTerms } from '../criteria/tree.ts';
import { withUnit } from '../criteria/units.ts';
import type { Measurement, Measurements } from '../criteria/value.ts';
import type { PlannedCheck } from '../plan/plan.ts';
import type { Measured, ProbeContext } from '../probes/probe.ts';
import { factMeasurements } from './facts.ts';
import type { PhaseContext } from './phase.ts';
import { checkWords } from './words/checks.ts';

export interface CheckOptions {
  /** The heading that the items stand under. */
  readonly group?: string;
  /** Ids of items without which these are skipped. */
  readonly needs?: readonly string[];
}

/** The plan's checks as steps: measure by the probe, judge by the criteria. */
export function checkSteps(checks: readonly PlannedCheck[], context: PhaseContext, options: CheckOptions = {}): readonly Step[] {
  const facts = factMeasurements(context);
  return checks.map((check): Step => {
    const windowMs = Math.max(0, ...check.criteria.map(({ criterion }) => criterion.windowMs));
    return {
      item: {
        id: check.id,
        title: check.title,
        kind: check.probe.name,
        required: check.required,
        position: check.position,
        ...(options.group === undefined ? {} : { group: options.group }),
      },
      after: check.references,
      ...(options.needs === undefined ? {} : { needs: options.needs }),
      exclusive: check.probe.exclusive,
      limitMs: check.limitMs + windowMs * 1.1,
      carryOut: (step) => carryOut(check, { windowMs, asked: askedOf(check, checks), facts }, context, step),
    };
  });
}

interface Surroundings {
  /** The longest `for` of the check's criteria. */
  readonly windowMs: number;
  /** Names that this check asks for, and those that others ask it for. */
  readonly asked: ReadonlySet<string>;
  readonly facts: Measurements;
}

async function carryOut(check: PlannedCheck, given: Surroundings, context: PhaseContext, step: StepContext): Promise<Outcome> {
  const { windowMs, asked, facts } = given;
  const notApplicable = applicability(check, facts, context);
  if (notApplicable !== undefined) return notApplicable;
  const observations: Observation[] = [];
  const { clock, locale } = context;
  const began = clock.now();
  const everyMs = Math.min(30_000, Math.max(1_000, windowMs / 30));
  /** What was measured now, with what the criteria may ask for beside it. */
  const observed = (own: Measurements): Observation => {
    // The item's own measurements win, so the others are laid around them only where a criterion asks for one of those.
    const alone = check.criteria.every(({ criterion }) => criterion.names.every((name) => Object.hasOwn(own, name)));
    return { at: clock.now(), measurements: alone ? own : { ...facts, ...referenced(check, step), ...own } };
  };
  const judge = (seen: readonly Observation[], baseline?: Measurements): Judged =>
    judgeCriteria(check.criteria, { observations: seen, locale, ...(baseline === undefined ? {} : { baseline }) }, check.policy);
  let stopped: Judged | undefined;
  const onTheWay = {
    shouldStop(sofar: Measurements): boolean {
      observations.push(observed(sofar));
      const judged = judge(observations);
      if (judged.judgements.some(isAbort)) stopped ??= judged;
      return stopped !== undefined;
    },
    meets: (measurements: Measurements): boolean => isGood(judge([observed(measurements)])),
  };
  for (;;) {
    const measured = await measure(check, windowMs, { ...context, ...onTheWay }, step);
    if ('state' in measured) return measured;
    const own = withUnits(measured.measurements, check.units);
    observations.push(observed(own));
    const judged = withAbort(judge(observations, measured.baseline?.measurements), stopped);
    const elapsed = clock.now() - began;
    const more = !check.probe.live && windowMs > 0 && elapsed < windowMs && judged.state !== 'fail' && !looksBack(own, check);
    if (!more) {
      const keep = mayBecomeBaseline(judged) && (measured.crossed ?? []).length === 0;
      if (keep) await measured.baseline?.record?.();
      const outcome = withCrossed(withDoubts(withBaseline(judged, measured), measured.doubts ?? []), measured.crossed ?? []);
      return { ...outcome, measurements: shown(own, check, asked), evidence: measured.evidence ?? [] };
    }
    step.progress(checkWords(locale).watched(Math.round(elapsed / 1000), Math.round(windowMs / 1000)));
    await clock.sleep(Math.min(everyMs, windowMs - elapsed), step.signal);
  }
}

const isAbort = ({ intent, outcome }: Judgement): boolean => intent === 'abort' && outcome === 'holds';
const isGood = ({ state }: Judged): boolean => state === 'pass' || state === 'warn';

/** An `abort` criterion that held on the way has stopped the run, whatever its last figures are. */
function withAbort(judged: Judged, stopped: Judged | undefined): Judged {
  if (stopped === undefined) return judged;
  const judgements = judged.judgements.map((last, index) => {
    const then = stopped.judgements[index];
    return then !== undefined && isAbort(then) ? then : last;
  });
  return { state: 'fail', reason: 'abort_criterion_held', judgements };
}

function withBaseline(judged: Judged, { baseline }: Measured): Judged & { readonly message?: string } {
  return judged.reason === 'no_baseline' && baseline !== undefined ? { ...judged, message: baseline.told } : judged;
}

/** The tool's own limits are somebody's, too: a pass over one that is crossed would be a false one. */
function withCrossed(
  judged: Judged & { readonly message?: string },
  crossed: readonly string[],
): Judged & { readonly message?: string } {
  if (!isGood(judged) || crossed.length === 0) return judged;
  return { ...judged, state: 'fail', reason: 'tool_limit_crossed', message: crossed.join('; ') };
}

function withDoubts<Outcome extends Judged>(judged: Outcome, doubts: readonly string[]): Outcome & { readonly message?: string } {
  if (judged.state !== 'pass' || doubts.length === 0) return judged;
  return { ...judged, state: 'warn', reason: 'weak_evidence', message: doubts.join(' ') };
}

/** What an item that does not apply, or whose `when` cannot be judged, ends in; undefined when it is to be carried out. */
function applicability(check: PlannedCheck, facts: Measurements, { clock, locale }: PhaseContext): Outcome | undefined {
  if (check.when === undefined) return undefined;
  const observations = [{ at: clock.now(), measurements: facts }];
  const judged = judgeCriteria([check.when], { observations, locale });
  const condition = check.when.criterion.source;
  if (judged.state === 'pass') return undefined;
  if (judged.state === 'fail')
    return { state: 'skipped', reason: 'not_applicable', message: checkWords(locale).appliesOnly(condition) };
  return { ...judged, state: 'error', message: checkWords(locale).cannotTell(condition, judged.judgements[0]?.detail) };
}

async function measure(
  check: PlannedCheck,
  windowMs: number,
  context: PhaseContext & Pick<ProbeContext, 'shouldStop' | 'meets'>,
  step: StepContext,
): Promise<Measured | Outcome> {
  const wanted = new Set(check.criteria.flatMap(({ criterion }) => [...criterion.names, ...baselineNames(criterion)]));
  const { loadHosts } = context.plan;
  const around = { itemId: check.id, ...(loadHosts === undefined ? {} : { loadHosts }) };
  try {
    return await check.probe.measure({
      ...context,
      ...around,
      signal: step.signal,
      progress: step.progress,
      wanted,
      windowMs,
    });
  } catch (error) {
    if (!(error instanceof MeasurementError) || step.signal.aborted) throw error;
    return { ...soften({ state: 'error', reason: error.reason }, check.policy), message: error.message };
  }
}

/** What is compared with its own baseline has to be measured too, so that a later run finds it. */
const baselineNames = ({ expression }: Criterion): readonly string[] =>
  namedTerms(expression).flatMap((term) => (term.kind === 'baseline' ? [term.name] : []));

/** What other items measured, by their id and by the bare name: the criteria may refer to both. */
function referenced(check: PlannedCheck, step: StepContext): Measurements {
  const found: Record<string, Measurement> = {};
  for (const id of check.references) {
    for (const [name, measurement] of Object.entries(step.measured(id) ?? {})) {
      found[name] = measurement;
      found[`${id}.${name}`] = measurement;
    }
  }
  return found;
}

function withUnits(measurements: Measurements, units: Readonly<Record<string, string>>): Measurements {
  const written = Object.entries(units);
  if (written.length === 0) return measurements;
  const changed = { ...measurements };
  for (const [name, unit] of written) {
    const measurement = measurements[name];
    if (measurement) changed[name] = { ...measurement, value: withUnit(measurement.value, unit) };
  }
  return changed;
}

/** Whether the probe itself returned the whole window, so that nothing has to be watched. */
function looksBack(measurements: Measurements, check: PlannedCheck): boolean {
  const windowed = check.criteria.filter(({ criterion }) => criterion.windowMs > 0).flatMap(({ criterion }) => criterion.names);
  return windowed.every((name) => measurements[name]?.value.kind === 'series');
}

function askedOf(check: PlannedCheck, checks: readonly PlannedCheck[]): ReadonlySet<string> {
  const own = `${check.id}.`;
  const asking = checks.filter((other) => other === check || other.references.includes(check.id));
  const names = asking.flatMap(({ criteria }) => criteria.flatMap(({ criterion }) => criterion.names));
  return new Set(names.map((name) => (name.startsWith(own) ? name.slice(own.length) : name)));
}

/** A probe may measure hundreds of names; the report keeps those that the plan asks for and those that the probe always has. */
function shown(measurements: Measurements, check: PlannedCheck, asked: ReadonlySet<string>): Measurements {
  const always = check.probe.provides.names;
  const kept = Object.entries(measurements).filter(
    ([name, { absent }]) => absent === undefined && (name in always || asked.has(name)),
  );
  return Object.fromEntries(kept);
}
