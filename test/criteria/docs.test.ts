import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkCriterion } from '../../src/criteria/check.ts';
import { CriterionSyntaxError, parseCriterion } from '../../src/criteria/parse.ts';
import { simpleUnit } from '../../src/criteria/units.ts';
import { DIMENSION, type Promised } from '../../src/criteria/value.ts';
import { problems, scopeOf } from './judged.ts';

const page = readFileSync(new URL('../../docs/criteria.md', import.meta.url), 'utf8');

const examples = [...page.matchAll(/```criteria\n(.*?)```/gs)].flatMap(([, block = '']) => block.trim().split('\n'));

/** Rows of a table by its heading: the code in the first two cells. */
const rows = [...page.matchAll(/^\| `([^|]+?)` \| `([^|]+?)` \|/gm)].map(
  ([, first = '', second = '']) => [first, second] as const,
);

const NAMES: Readonly<Record<string, Promised>> = {
  error_rate: DIMENSION.ratio,
  p95: DIMENSION.time,
  p99: DIMENSION.time,
  memory: DIMENSION.bytes,
  n: DIMENSION.number,
  status: DIMENSION.number,
  x: 'unknown',
  a: 'flag',
  b: 'flag',
};

function isWrong(source: string): boolean {
  try {
    return checkCriterion(parseCriterion(source), scopeOf(NAMES)).length > 0;
  } catch (error) {
    if (error instanceof CriterionSyntaxError) return true;
    throw error;
  }
}

describe('the page on criteria', () => {
  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(15);
    expect(rows.length).toBeGreaterThan(15);
  });

  it.each(examples)('has an example that can be read: %s', (source) => {
    expect(parseCriterion(source).source).toBe(source);
  });

  it.each(rows)('tells to write, instead of %s, what is right: %s', (instead, right) => {
    expect(isWrong(instead)).toBe(true);
    expect(problems(right, NAMES)).toEqual([]);
  });

  it('names only units that there are', () => {
    const table = /\| what \| units \|(.*?)\| rate/s.exec(page)?.[1] ?? '';
    const units = [...table.matchAll(/`([^`]+)`/g)].map(([, unit = '']) => unit);
    expect(units.length).toBeGreaterThan(20);
    for (const unit of units) expect(simpleUnit(unit), unit).toBeDefined();
  });
});
