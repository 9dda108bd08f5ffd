import { checkCriterion, type Scope } from '../../src/criteria/check.ts';
import { type Evaluation, evaluateCriterion } from '../../src/criteria/evaluate.ts';
import { readMeasurements } from '../../src/criteria/measurements-file.ts';
import { parseCriterion } from '../../src/criteria/parse.ts';
import type { Promised } from '../../src/criteria/value.ts';

/** Judges a criterion by one observation. */
export function judged(source: string, measurements: Record<string, unknown>, baseline?: Record<string, unknown>): Evaluation {
  return evaluateCriterion(parseCriterion(source), {
    observations: [{ at: 0, measurements: readMeasurements(measurements) }],
    ...(baseline ? { baseline: readMeasurements(baseline) } : {}),
  });
}

/** Judges by one measurement over time: pairs of seconds and a value; undefined where the poll missed it. */
export function judgedOver(source: string, name: string, points: readonly (readonly [number, unknown])[]): Evaluation {
  const observations = points.map(([seconds, value]) => ({
    at: seconds * 1000,
    measurements: value === undefined ? {} : readMeasurements({ [name]: value }),
  }));
  return evaluateCriterion(parseCriterion(source), { observations });
}

export function scopeOf(names: Readonly<Record<string, Promised>>): Scope {
  return { lookup: (name) => (Object.hasOwn(names, name) ? names[name] : undefined), names: () => Object.keys(names) };
}

export function problems(source: string, names: Readonly<Record<string, Promised>>): readonly string[] {
  return checkCriterion(parseCriterion(source), scopeOf(names)).map(({ message }) => message);
}
