import type { Intent } from '../checklist/model.ts';
import { checkCriterion, type Scope } from '../criteria/check.ts';
import { CriterionSyntaxError, parseCriterion } from '../criteria/parse.ts';
import type { Criterion } from '../criteria/syntax.ts';
import { comparisonsIn, namedTerms } from '../criteria/tree.ts';
import type { Measurements, Promised } from '../criteria/value.ts';
import type { Path } from './path.ts';
import type { PlannedCriterion } from './plan.ts';
import type { Reader } from './reader.ts';
import type { RawCriteria } from './sections/check.ts';

/** A criterion that could be read, and where its text stands. */
export interface ReadCriterion {
  readonly criterion: Criterion;
  readonly intent: Intent;
  readonly path: Path;
}

const INTENTS = ['expect', 'abort', 'warn'] as const satisfies readonly Intent[];

/**
 * The criteria of a mapping, in the order `expect`, `abort`, `warn`. An empty list is a problem: nothing would be judged.
 *
 * @param path of the mapping that has `expect`, `abort` and `warn`.
 */
export function readCriteria(raw: RawCriteria, path: Path, reader: Reader): readonly ReadCriterion[] {
  return INTENTS.flatMap((intent) => {
    const written = raw[intent];
    if (written === undefined) return [];
    if (typeof written === 'string') return readCriterion(written, intent, [...path, intent], reader);
    if (written.length === 0) {
      reader.problems.add(
        `\`${intent}\` is empty, so it would judge nothing. Add a criterion such as \`p95 < 500ms\`, or take it away.`,
        reader.filled.keyPosition([...path, intent]),
      );
    }
    return written.flatMap((source, index) => readCriterion(source, intent, [...path, intent, index], reader));
  });
}

/** One criterion as a list, which is empty after a problem was recorded. */
export function readCriterion(source: string, intent: Intent, path: Path, reader: Reader): readonly ReadCriterion[] {
  const { problems, filled, noteVariable } = reader;
  try {
    const criterion = parseCriterion(source);
    for (const name of criterion.names) if (name.startsWith('env.')) noteVariable(name.slice('env.'.length));
    return [{ criterion, intent, path }];
  } catch (error) {
    if (!(error instanceof CriterionSyntaxError)) throw error;
    problems.add(error.message, filled.positionIn(path, error.offset));
    return [];
  }
}

export const hasCriteria = (raw: RawCriteria): boolean => INTENTS.some((intent) => raw[intent] !== undefined);

export interface CriterionRules {
  readonly scope: Scope;
  /** Why there is no baseline here; undefined where there is one. */
  readonly noBaseline?: string;
  /** Why nothing is watched over time here; undefined where it is. */
  readonly noWindow?: string;
  /** Whether a comparison may speak of nothing but fixed values: it asks whether to measure, and judges nothing. */
  readonly mayBeFixed?: true;
}

/** Names, units and baselines, as far as they can be known. */
export function checkNames({ criterion, path }: ReadCriterion, rules: CriterionRules, { problems, filled }: Reader): void {
  const baseline = namedTerms(criterion.expression).find((term) => term.kind === 'baseline');
  if (rules.noBaseline !== undefined && baseline !== undefined) {
    problems.add(rules.noBaseline, filled.positionIn(path, baseline.offset));
    return;
  }
  if (rules.noWindow !== undefined && criterion.windowMs > 0) {
    problems.add(rules.noWindow, filled.positionIn(path, 0));
    return;
  }
  const found = checkCriterion(criterion, rules.scope);
  for (const { offset, message } of found) problems.add(message, filled.positionIn(path, offset));
  if (found.length === 0 && rules.mayBeFixed === undefined) refuseFixed({ criterion, path }, { problems, filled });
}

/** A comparison of fixed values only has the same outcome whatever is measured: `5 < 10`. A variable's value may be what is to be judged. */
function refuseFixed(
  { criterion, path }: Pick<ReadCriterion, 'criterion' | 'path'>,
  { problems, filled }: Pick<Reader, 'problems' | 'filled'>,
): void {
  for (const comparison of comparisonsIn(criterion.expression)) {
    if (namedTerms(comparison).length > 0 || filled.hasVariable(path, comparison)) continue;
    const { offset, length } = comparison;
    problems.add(
      `\`${criterion.source.slice(offset, offset + length)}\` compares fixed values, so it says nothing of what is measured. Name a measurement, as in \`p95 < 500ms\`.`,
      filled.positionIn(path, offset),
    );
  }
}

export function planned({ criterion, intent, path }: ReadCriterion, { filled }: Reader): PlannedCriterion {
  return { criterion, intent, position: filled.position(path) };
}

/** What a variable of the plan or the environment will be; undefined for any other name. */
export function promisedByVariables(name: string, vars: Measurements): Promised | undefined {
  if (name.startsWith('env.')) return 'text';
  const value = Object.hasOwn(vars, name) ? vars[name]?.value : undefined;
  if (value === undefined) return undefined;
  return value.kind === 'quantity' || value.kind === 'series' ? value.dimension : value.kind;
}

/** Fixed names, beside the plan's variables and the environment. */
export function scopeOf(names: Readonly<Record<string, Promised>>, vars: Measurements): Scope {
  return {
    lookup: (name) => (Object.hasOwn(names, name) ? names[name] : promisedByVariables(name, vars)),
    names: () => [...Object.keys(names), ...Object.keys(vars)],
  };
}
