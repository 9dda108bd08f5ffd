import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { number, seconds, series } from '../../src/criteria/value.ts';
import { renderJson, unitOf } from '../../src/report/json.ts';
import { parseReport, reportSchema } from '../../src/report/schema.ts';
import { checklist, HOSTILE, hostile, item, SAMPLES, START } from './samples.ts';

const validate = new Ajv2020({ strict: false }).compile(z.toJSONSchema(reportSchema));
const validated = (raw: unknown) => {
  const valid = validate(raw);
  expect(validate.errors ?? []).toEqual([]);
  return valid;
};

describe('the JSON report', () => {
  test.each(Object.entries(SAMPLES))('of %s is valid by its JSON Schema, and reads back the same', (_, sample) => {
    const report: unknown = JSON.parse(JSON.stringify(renderJson(sample)));
    expect(validated(report)).toBe(true);
    expect(parseReport(report)).toEqual(report);
  });

  test.each(HOSTILE)('holds any text: %j', (text) => {
    expect(validated(JSON.parse(JSON.stringify(renderJson(hostile(text)))))).toBe(true);
  });

  test('gives amounts in base units beside what a reader sees', () => {
    const [, , stress] = renderJson(SAMPLES.oneFail).items;
    expect(stress?.measurements['p95']).toMatchObject({ kind: 'quantity', value: 2.41, unit: 's', samples: 1000 });
    expect(stress?.judgements[1]).toMatchObject({ criterion: 'p95 < 2000ms', outcome: 'violated', position: { line: 21 } });
  });

  test('counts states as they are', () => {
    expect(renderJson(SAMPLES.warned).counts).toMatchObject({ total: 6, pass: 4, warn: 1, fail: 1 });
  });

  test('no number is ever NaN or infinite: it is null', () => {
    const odd = item('odd', {
      measurements: {
        a: { value: seconds(Number.NaN) },
        b: { value: number(Number.POSITIVE_INFINITY) },
        c: { value: series({ time: 1, bytes: 0 }, [{ at: START, amount: Number.NaN }]) },
      },
    });
    const { measurements } = renderJson(checklist([odd])).items[0] ?? {};
    expect(measurements?.['a']).toMatchObject({ value: null });
    expect(measurements?.['b']).toMatchObject({ value: null });
    expect(measurements?.['c']).toMatchObject({ value: null, points: [{ at: '2026-03-14T02:51:07.000Z', amount: null }] });
  });

  test('a run that goes on has no end', () => {
    const report = renderJson(SAMPLES.running);
    expect(report.verdict).toBe('running');
    expect('finished_at' in report).toBe(false);
  });

  test('keys come in the same order every time', () => {
    expect(Object.keys(renderJson(SAMPLES.oneFail)).slice(0, 6)).toEqual([
      'schema',
      'phase',
      'service',
      'verdict',
      'reason_code',
      'headline',
    ]);
  });

  test('every key is in snake case', () => {
    const keys = (raw: unknown): string[] =>
      Array.isArray(raw)
        ? raw.flatMap(keys)
        : raw !== null && typeof raw === 'object'
          ? Object.entries(raw).flatMap(([key, inner]) => (key === 'measurements' ? [key] : [key, ...keys(inner)]))
          : [];
    for (const key of keys(renderJson(SAMPLES.mixed))) expect(key).toMatch(/^[a-z_]+$/);
  });

  test('units are words', () => {
    expect(unitOf({ time: 1, bytes: 0 })).toBe('s');
    expect(unitOf({ time: 0, bytes: 0, share: true })).toBe('ratio');
    expect(unitOf({ time: 0, bytes: 0, open: true })).toBe('unknown');
    expect(unitOf({ time: -1, bytes: 1 })).toBe('bytes_per_second');
    expect(unitOf({ time: 2, bytes: 1 })).toBe('bytes*s^2');
  });
});

describe('reading a report', () => {
  test('another document is refused with the place that is wrong', () => {
    expect(() => parseReport({ schema: 'holdpoint.report/2' })).toThrow(/not a holdpoint\.report\/1 at schema/);
    expect(() => parseReport('text')).toThrow(/not a holdpoint\.report\/1/);
  });

  test('fields of a later minor version are no hindrance', () => {
    expect(parseReport({ ...renderJson(SAMPLES.allPass), added_later: 1 }).verdict).toBe('pass');
  });
});
