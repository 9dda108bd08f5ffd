import { describe, expect, test } from 'vitest';
import { logGroups } from '../../src/report/log-groups.ts';
import { progressLine, renderTerminal } from '../../src/report/terminal.ts';
import { clip, columnsOf, pad, wrap } from '../../src/report/width.ts';
import { checklist, HOSTILE, hostile, item, many, SAMPLES, stressTest } from './samples.ts';

const ESC = String.fromCharCode(0x1b);
const uncoloured = (text: string) => text.replace(new RegExp(`${ESC}\\[[0-9;]*m`, 'g'), '');

describe('the report on a terminal', () => {
  test('starts with the verdict, then what holds it back, then every item', () => {
    const report = renderTerminal(SAMPLES.oneFail);
    expect(report.split('\n')[0]).toBe('Blocked: 1 of 5 items failed');
    expect(report.indexOf('p95 was')).toBeLessThan(report.indexOf('Checklist (5 items)'));
    for (const { title } of SAMPLES.oneFail.items) expect(report).toContain(title);
    expect(report.endsWith('\n')).toBe(true);
  });

  test('says the same with and without colour', () => {
    for (const sample of Object.values(SAMPLES)) {
      const plain = renderTerminal(sample);
      expect(plain).not.toContain(ESC);
      expect(uncoloured(renderTerminal(sample, { colour: true }))).toBe(plain);
    }
  });

  test.each([40, 60, 80, 120])('keeps to %i columns, save words that are longer', (width) => {
    for (const sample of [...Object.values(SAMPLES), many(20, 1, '修复索引 🚀 número')]) {
      for (const locale of ['en', 'pt-BR'] as const) {
        for (const line of renderTerminal(sample, { width, locale }).split('\n')) {
          if (line.trim().includes(' ')) expect(columnsOf(line), line).toBeLessThanOrEqual(width);
        }
      }
    }
  });

  test('a cancelled item says so', () => {
    expect(renderTerminal(SAMPLES.cancelled)).toMatch(/SKIP +Stress test, 50 at a time +cancelled/);
  });

  test.each(HOSTILE)('what others wrote cannot draw, move the cursor or command the runner: %j', (text) => {
    const sample = hostile(text);
    const lines = [
      ...renderTerminal(sample).split('\n'),
      ...sample.items.map((one) => progressLine(one)),
      ...logGroups(sample).flatMap(({ title, lines: inner }) => [title, ...inner]),
    ];
    for (const line of lines) {
      expect(line).not.toMatch(/\p{Cc}|\p{Cs}/u);
      expect(line.trimStart().startsWith('::')).toBe(false);
      expect(line).not.toContain('##[');
    }
  });
});

describe('progress', () => {
  test('one finished item is one line with its state, what was found and its time', () => {
    expect(progressLine(stressTest)).toMatch(/^FAIL {5}Stress test, 50 at a time – p95 was .+ \(.+\)$/);
  });

  test('a running item tells what it does, within the width of the terminal', () => {
    const running = SAMPLES.running.items.find(({ state }) => state === 'running') ?? item('none');
    expect(progressLine(running)).toContain('412 of 1,000 requests');
    for (const width of [20, 40, 60]) expect(columnsOf(progressLine(running, { width }))).toBeLessThanOrEqual(width);
  });

  test('log groups hold the evidence, and leave out items that kept none', () => {
    const groups = logGroups(checklist([stressTest, item('plain')]));
    expect(groups).toHaveLength(1);
    expect(groups[0]?.lines.join('\n')).toContain('200 | 998 | 99.8 %');
  });
});

describe('columns', () => {
  test('wide characters count twice, marks and joiners not at all', () => {
    expect(columnsOf('abc')).toBe(3);
    expect(columnsOf('索引')).toBe(4);
    expect(columnsOf('e\u0301')).toBe(1);
    expect(columnsOf('🚀')).toBe(2);
  });

  test('a line is cut, filled and wrapped by columns', () => {
    expect(clip('索引修复', 5)).toBe('索引…');
    expect(clip('abc', 3)).toBe('abc');
    expect(pad('ab', 4)).toBe('ab  ');
    expect(wrap('aa bb cc', 5)).toEqual(['aa bb', 'cc']);
  });
});
