import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCriterion } from '../../src/criteria/check.ts';
import { evaluateCriterion, type Given } from '../../src/criteria/evaluate.ts';
import { explainEvaluation } from '../../src/criteria/explain.ts';
import { CriterionSyntaxError, parseCriterion } from '../../src/criteria/parse.ts';
import type { Criterion } from '../../src/criteria/syntax.ts';
import { LOCALES } from '../../src/criteria/value.ts';
import { anyCondition, anyFlatCondition, anyMeasurements, anyObservations, PROMISED, promisedMeasurements } from './arbitrary.ts';
import { scopeOf } from './judged.ts';

/** Undefined for the few that are refused. */
function parsed(source: string): Criterion | undefined {
  try {
    return parseCriterion(source);
  } catch (error) {
    if (error instanceof CriterionSyntaxError) return undefined;
    throw error;
  }
}

const given = fc.record({ observations: anyObservations, baseline: anyMeasurements });

/** Holds for whatever can be parsed. */
function always(condition: fc.Arbitrary<string>, check: (source: string, given: Given) => void): void {
  fc.assert(
    fc.property(condition, given, (source, known) => {
      fc.pre(parsed(source) !== undefined);
      check(source, known);
    }),
    { numRuns: 1500 },
  );
}

const judged = (source: string, known: Given) => evaluateCriterion(parseCriterion(source), known);

describe('whatever is written and whatever is measured', () => {
  it('a criterion is judged and explained, and never throws', () => {
    always(anyCondition, (source, known) => {
      const evaluation = judged(source, known);
      expect(evaluation.outcome === 'unknown').toBe(evaluation.reason !== undefined);
      if (evaluation.outcome === 'unknown') expect(evaluation.detail).toMatch(/\S\.$|\?$/s);
      for (const locale of LOCALES) expect(explainEvaluation(evaluation, locale).length).toBeGreaterThan(0);
    });
  });

  it('not is the opposite, and twice not is nothing', () => {
    const opposite = { holds: 'violated', violated: 'holds', unknown: 'unknown' } as const;
    always(anyCondition, (source, known) => {
      const { outcome, reason } = judged(source, known);
      const negated = judged(`not (${source})`, known);
      expect(negated).toMatchObject({ outcome: opposite[outcome] });
      expect(negated.reason).toBe(reason);
      expect(judged(`not not (${source})`, known).outcome).toBe(outcome);
    });
  });

  it('and, or do not mind the order, and mirror one another', () => {
    fc.assert(
      fc.property(fc.array(anyCondition, { minLength: 2, maxLength: 4 }), given, (sources, known) => {
        fc.pre(sources.every((source) => parsed(source) !== undefined));
        const outcome = (word: string, parts: readonly string[]) =>
          judged(parts.map((part) => `(${part})`).join(` ${word} `), known).outcome;
        for (const word of ['and', 'or']) expect(outcome(word, [...sources].reverse())).toBe(outcome(word, sources));
        expect(judged(`not (${sources.map((part) => `not (${part})`).join(' and ')})`, known).outcome).toBe(
          outcome('or', sources),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('a relation and its opposite never hold both, nor does a relation with its sides swapped differ', () => {
    const pairs = [
      ['<', '>='],
      ['>', '<='],
      ['==', '!='],
    ] as const;
    const flipped = { '<': '>', '>=': '<=', '>': '<', '<=': '>=', '==': '==', '!=': '!=' } as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...pairs),
        fc.constantFrom('p95', 'status', '15.10', '5%', '"15.2"', 'version'),
        fc.constantFrom('p99', 'error_rate', '500ms', '5', '"5"'),
        given,
        ([sign, opposite], a, b, known) => {
          const { outcome } = judged(`${a} ${sign} ${b}`, known);
          expect(judged(`${a} ${opposite} ${b}`, known).outcome).toBe(judged(`not ${a} ${sign} ${b}`, known).outcome);
          expect(judged(`${b} ${flipped[sign]} ${a}`, known).outcome).toBe(outcome);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('between and in are the comparisons that they stand for', () => {
    const term = fc.constantFrom('p95', 'p99', 'status', '5', '500ms', '0', 'version', '"15.2"', 'ok');
    fc.assert(
      fc.property(term, term, term, given, (x, a, b, known) => {
        const together = judged(`${x} between ${a} and ${b}`, known).outcome;
        const apart = parsed(`${x} >= ${a} and ${x} <= ${b}`);
        if (apart && together !== 'unknown') expect(evaluateCriterion(apart, known).outcome).toBe(together);
        const either = parsed(`${x} == ${a} or ${x} == ${b}`);
        if (either) expect(judged(`${x} in (${a}, ${b})`, known).outcome).toBe(evaluateCriterion(either, known).outcome);
      }),
      { numRuns: 1000 },
    );
  });

  it('what holds for a time holds for every shorter one', () => {
    fc.assert(
      fc.property(
        anyFlatCondition,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        promisedMeasurements,
        fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), promisedMeasurements), { minLength: 2, maxLength: 14 }),
        (source, a, b, baseline, steps) => {
          fc.pre(parsed(source) !== undefined);
          let at = 0;
          const observations = steps.map(([gap, measurements]) => {
            at += gap * 1000;
            return { at, measurements };
          });
          const [shorter, longer] = [Math.min(a, b) * 10, Math.max(a, b) * 10];
          const over = (window: number) => judged(`(${source}) for ${window}s`, { observations, baseline }).outcome;
          if (over(longer) === 'holds') expect(over(shorter)).toBe('holds');
          if (over(shorter) === 'violated') expect(over(longer)).toBe('violated');
        },
      ),
      { numRuns: 1500 },
    );
  });
});

describe('a criterion without a problem', () => {
  it('meets no mismatch, when everything is measured as promised', () => {
    let checked = 0;
    fc.assert(
      fc.property(
        anyCondition,
        fc.array(promisedMeasurements, { minLength: 1, maxLength: 3 }),
        promisedMeasurements,
        (source, all, baseline) => {
          const criterion = parsed(source);
          fc.pre(criterion !== undefined && checkCriterion(criterion, scopeOf(PROMISED)).length === 0);
          const observations = all.map((measurements, index) => ({ at: index * 1000, measurements }));
          const { reason, saying } = evaluateCriterion(criterion, { observations, baseline });
          // That a number was measured in percent is known by its size only.
          if (saying?.code !== 'percent_or_fraction') expect(reason).not.toBe('unit_mismatch');
          checked += 1;
        },
      ),
      { numRuns: 600, maxSkipsPerRun: 1000 },
    );
    expect(checked).toBeGreaterThan(500);
  });

  it('marks a place that is in it, where there is one', () => {
    fc.assert(
      fc.property(anyCondition, (source) => {
        const criterion = parsed(source);
        fc.pre(criterion !== undefined);
        for (const { offset, length, message } of checkCriterion(criterion, scopeOf(PROMISED))) {
          expect(offset).toBeGreaterThanOrEqual(0);
          expect(length).toBeGreaterThan(0);
          expect(offset + length).toBeLessThanOrEqual(source.length);
          expect(message).not.toMatch(/undefined|NaN|\[object/);
        }
      }),
      { numRuns: 1500 },
    );
  });
});
