import { describe, expect, test } from 'vitest';
import { niceTicks, seriesChart } from '../../src/report/html/chart.ts';
import { marginBar } from '../../src/report/html/gauge.ts';
import { renderHtml } from '../../src/report/html.ts';
import { wordsOf } from '../../src/report/locale/words.ts';
import { thinned } from '../../src/report/series.ts';
import { HOSTILE, hostile, many, SAMPLES, START, stressTest } from './samples.ts';

const EMPTY_ELEMENTS = new Set(['meta', 'col', 'br', 'rect', 'path', 'circle']);

/** Throws where an element is closed that is not open, or an attribute is not quoted. */
function elements(page: string): readonly { name: string; attributes: string }[] {
  const found: { name: string; attributes: string }[] = [];
  const open: string[] = [];
  const body = page.replace(/<!doctype html>/, '').replace(/<style>[^<]*<\/style>/, '');
  for (const [tag, closing, name = '', attributes = '', empty] of body.matchAll(
    /<(\/?)([a-z0-9]+)((?: [a-zA-Z:-]+(?:="[^"<>]*")?)*)(\/?)>|<[\s\S]{0,40}/g,
  )) {
    if (name === '') throw new Error(`not an element: ${tag}`);
    if (closing === '/') {
      const last = open.pop();
      if (last !== name) throw new Error(`</${name}> closes <${last}>`);
      continue;
    }
    found.push({ name, attributes });
    if (empty !== '/' && !EMPTY_ELEMENTS.has(name)) open.push(name);
  }
  if (open.length > 0) throw new Error(`open at the end: ${open.join(' ')}`);
  return found;
}

const names = (page: string) => new Set(elements(page).map(({ name }) => name));

describe('the HTML report', () => {
  test.each(Object.entries(SAMPLES))('of %s is one well-formed page without scripts or anything from outside', (_, sample) => {
    for (const locale of ['en', 'pt-BR'] as const) {
      const page = renderHtml(sample, { locale });
      const found = elements(page);
      for (const name of ['script', 'img', 'link', 'iframe', 'form', 'object']) expect(names(page).has(name)).toBe(false);
      for (const { attributes } of found) {
        expect(attributes).not.toMatch(/ on[a-z]+=| src=|url\(/);
        expect(attributes).not.toMatch(/href="(?!https:\/\/)/);
      }
      expect(page).toContain(`<html lang="${locale}">`);
      expect(page).toContain("default-src 'none'");
    }
  });

  test.each(HOSTILE)('keeps what others wrote in its place: %j', (text) => {
    const page = renderHtml(hostile(text));
    const tame = renderHtml(hostile('tame'));
    const known = names(tame);
    for (const name of names(page)) expect(known).toContain(name);
  });

  test('has one heading of the first rank, landmarks, and a scope for each table heading', () => {
    const found = elements(renderHtml(SAMPLES.mixed));
    expect(found.filter(({ name }) => name === 'h1')).toHaveLength(1);
    for (const landmark of ['main', 'header', 'footer']) expect(found.some(({ name }) => name === landmark)).toBe(true);
    for (const { name, attributes } of found) if (name === 'th') expect(attributes).toContain('scope=');
  });

  test('draws a series with the limit that judged it, and tells it in words to those who cannot see it', () => {
    const page = renderHtml(SAMPLES.oneFail);
    expect(page).toMatch(/role="img" aria-label="p95: from /);
    expect(page).toContain('class="bound fail"');
    expect(page).toMatch(/legend"><\/span>allowed &lt; /);
  });

  test('folds all evidence', () => {
    const page = renderHtml(SAMPLES.mixed);
    expect(page).toContain('<details>');
    expect(page).not.toContain('<details open');
  });

  test('shows 200 items', () => {
    expect(renderHtml(many(200)).match(/<li class="item/g)).toHaveLength(200);
  });
});

describe('drawings', () => {
  test('ticks are round, evenly apart, and hold the whole series', () => {
    for (const [low, high] of [
      [0.9, 2.55],
      [0.001, 0.13],
      [98, 99.9],
      [5, 5],
      [0, 0],
      [-3, 4],
      [1e9, 8e9],
      [1e-9, 2e-9],
    ] as const) {
      const ticks = niceTicks(low, high);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(8);
      expect(ticks[0]).toBeLessThanOrEqual(low);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(high);
    }
    expect(niceTicks(0.9, 2.55)).toEqual([0, 1, 2, 3]);
  });

  test('a series of no points, one point, and points without a value are drawn or said', () => {
    const draw = (points: readonly { at: number; amount: number }[]) =>
      seriesChart({ kind: 'series', title: 'p95', unit: 's', points }, stressTest.judgements, wordsOf('en'), 'en');
    expect(draw([])).toContain('No points.');
    expect(draw([{ at: START, amount: Number.NaN }])).toContain('No points.');
    for (const drawn of [
      draw([{ at: START, amount: 1 }]),
      draw([
        { at: START, amount: 1 },
        { at: START + 1, amount: Number.NaN },
      ]),
    ]) {
      expect(drawn).not.toContain('NaN');
      expect(drawn).toContain('class="curve" d="M0 ');
    }
  });

  test('a long series keeps its peaks', () => {
    const points = Array.from({ length: 50_000 }, (_, at) => ({ at, amount: at === 31_337 ? 9 : 1 }));
    const thin = thinned(points, 600);
    expect(thin.length).toBeLessThanOrEqual(700);
    expect(thin.some(({ amount }) => amount === 9)).toBe(true);
  });

  test('the margin bar shows measured and limit on one scale', () => {
    expect(marginBar({ measured: 3, limit: 2 })).toContain('class="fill" y="2" width="96"');
    expect(marginBar({ measured: 3, limit: 2 })).toContain('M64 0');
    expect(marginBar({ measured: 0, limit: 0 })).toBe('');
    expect(marginBar({ measured: -1, limit: 2 })).toBe('');
  });
});
