import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { REASON_CODES } from '../../src/checklist/reasons.ts';
import { LOCALES } from '../../src/criteria/value.ts';
import { formatInstant } from '../../src/report/instant.ts';
import { wordsOf } from '../../src/report/locale/words.ts';
import { START } from './samples.ts';

const page = readFileSync(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8');

/** Codes that leave a reader nothing to do. */
const SETTLED = new Set(['criteria_met', 'task_done', 'not_applicable', 'waiting']);

describe('reason codes', () => {
  test.each(LOCALES)('each is explained in %s: what it means and what to do', (locale) => {
    const { reasons } = wordsOf(locale);
    expect(Object.keys(reasons)).toEqual([...REASON_CODES]);
    for (const code of REASON_CODES) {
      const { label, means, next } = reasons[code];
      expect(label, code).not.toMatch(/\.$/);
      expect(means, code).toMatch(/^\p{Lu}.*\.$/u);
      if (SETTLED.has(code)) expect(next, code).toBe('');
      else expect(next, code).toMatch(/^\p{Lu}.*\.$/u);
    }
  });

  test('no sentence is left in English for Portuguese readers', () => {
    for (const code of REASON_CODES) expect(wordsOf('pt-BR').reasons[code].means).not.toBe(wordsOf('en').reasons[code].means);
  });

  test('the troubleshooting page has an entry for each code and for nothing else, in order', () => {
    const entries = [...page.matchAll(/^### (.+)$/gm)].map(([, code]) => code);
    expect(entries).toEqual([...REASON_CODES]);
  });

  test('each entry on the page says what to do', () => {
    for (const entry of page.split(/^### /m).slice(1)) expect(entry, entry.split('\n')[0]).toContain('**What to do:**');
  });
});

describe('words', () => {
  test.each(LOCALES)('short states in %s fit their column and differ', (locale) => {
    const short = Object.values(wordsOf(locale).shortStates);
    expect(new Set(short).size).toBe(short.length);
    for (const word of short) expect(word.length).toBeLessThanOrEqual(7);
  });

  test('one is singular, more are plural', () => {
    expect(wordsOf('en').items(1)).toBe('1 item');
    expect(wordsOf('en').items(2)).toBe('2 items');
    expect(wordsOf('pt-BR').items(1)).toBe('1 item');
    expect(wordsOf('pt-BR').items(2)).toBe('2 itens');
  });

  test('times are in UTC and in the order of the language', () => {
    expect(formatInstant(START, 'en')).toBe('14 Mar 2026, 02:51 UTC');
    expect(formatInstant(START, 'pt-BR')).toBe('14/03/2026 02:51 UTC');
    expect(formatInstant(Number.NaN)).toBe('?');
  });
});
