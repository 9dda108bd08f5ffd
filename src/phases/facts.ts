import { flag, type Measurement, type Measurements, text } from '../criteria/value.ts';
import type { PhaseContext } from './phase.ts';

/** The run's facts, the environment and the plan's variables, as `when:` and the criteria name them. */
export function factMeasurements({
  facts,
  env,
  plan,
  dryRun,
}: Pick<PhaseContext, 'facts' | 'env' | 'plan' | 'dryRun'>): Measurements {
  const measurements: Record<string, Measurement> = { dry_run: { value: flag(dryRun) } };
  for (const [name, fact] of Object.entries(facts)) {
    if (typeof fact === 'string') measurements[name] = { value: text(fact) };
  }
  for (const [name, content] of Object.entries(env)) {
    if (content !== undefined) measurements[`env.${name}`] = { value: text(content) };
  }
  return { ...measurements, ...plan.vars };
}
