import { describe, expect, test } from 'vitest';
import { number } from '../../src/criteria/value.ts';
import { byteLength, cutLines, cutToBytes } from '../../src/report/budget.ts';
import { renderHtml } from '../../src/report/html.ts';
import { renderJobSummary, renderSummary, renderText, renderTitle } from '../../src/report/markdown.ts';
import { checklist, HOSTILE, hostile, item, many, SAMPLES } from './samples.ts';

/** Lines outside fences. */
function prose(markdown: string): readonly string[] {
  let fence: string | undefined;
  return markdown.split('\n').filter((line) => {
    const mark = /^(`{3,})/.exec(line)?.[1];
    if (fence === undefined) {
      fence = mark;
      return mark === undefined;
    }
    if (mark !== undefined && line === fence) fence = undefined;
    return false;
  });
}

function expectWellFormed(markdown: string): void {
  const lines = prose(markdown);
  expect((markdown.match(/^<details>/gm) ?? []).length).toBe(lines.filter((line) => line === '</details>').length);
  let columns: number | undefined;
  for (const line of lines) {
    if (!line.startsWith('|')) {
      columns = undefined;
      continue;
    }
    expect(line.endsWith('|'), line).toBe(true);
    const cells = line.split('|').length;
    columns ??= cells;
    expect(cells, line).toBe(columns);
  }
  // Every element left is one of ours.
  const tags = lines.join('\n').match(/<\/?[a-zA-Z!][^>]*>/g) ?? [];
  for (const tag of tags) expect(tag).toMatch(/^<\/?(?:details|summary|b|code|sub|br)>$|^<https?:/);
}

describe('a summary', () => {
  test('starts with the verdict, then what failed with measured against allowed, then the whole list', () => {
    const summary = renderSummary(SAMPLES.oneFail);
    const places = [
      'Blocked: 1 of 5 items failed',
      '21 % over',
      '#### Checklist · 5 items',
      'Backup is fresh',
      'of the base commit',
    ].map((part) => summary.indexOf(part));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  test('tells each state in a word beside its icon', () => {
    for (const sample of Object.values(SAMPLES)) {
      for (const line of renderSummary(sample).split('\n')) {
        if (/[✅❌❔💥⏳🔄]/u.test(line)) expect(line).toMatch(/[✅❌❔💥⏳🔄]️? (?:\d+ )?[\p{L}]+/u);
      }
    }
  });

  test('tells what to do about an error', () => {
    expect(renderSummary(SAMPLES.errored)).toContain('Check that the service is started');
    expect(renderSummary(SAMPLES.errored, { locale: 'pt-BR' })).toContain('Verifique se o serviço está no ar');
  });

  test('shows what runs, waits and is done while the run goes on', () => {
    const summary = renderSummary(SAMPLES.running);
    expect(summary).toContain('412 of 1,000 requests');
    expect(summary).toContain('⏳ waiting');
  });

  test('an item that is not required warns and says so', () => {
    const summary = renderSummary(SAMPLES.warned);
    expect(summary).toContain('not required');
    expect(summary).not.toContain('What holds it back');
  });

  test('an empty checklist still has its verdict', () => {
    const empty = checklist([], { verdict: 'inconclusive', reason: 'nothing_checked' });
    expect(renderSummary(empty)).toContain('Cannot tell: nothing was checked');
    expect(renderText(empty)).toBe('');
  });

  test('the title is one plain line', () => {
    for (const text of HOSTILE) expect(renderTitle(hostile(text))).not.toMatch(/\n|\p{Cc}/u);
  });
});

describe('evidence', () => {
  test('is folded, what blocks first', () => {
    const text = renderText(SAMPLES.mixed);
    expect(text).toMatch(/^<details><summary>❌ failed/);
    expect(text).toContain('HTTP/1.1 200 OK');
  });

  test('stands before measurements that no criterion speaks of, once these are many', () => {
    const measured = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`figure_${at}`, { value: number(at) }]));
    const evidence = [{ kind: 'output' as const, title: 'Output', text: 'said' }];
    const many = renderText(checklist([item('a', { measurements: measured(11), evidence })]));
    expect(many).toContain('<details><summary>Measurements (11)</summary>');
    expectWellFormed(many);
    expect(renderHtml(checklist([item('a', { measurements: measured(11), evidence })]))).toContain(
      '<summary>Measurements (11)</summary>',
    );
    expect(renderText(checklist([item('a', { measurements: measured(10), evidence })]))).not.toContain('Measurements (');
  });

  test('in a table has its figures on the right', () => {
    expect(renderText(SAMPLES.oneFail)).toContain('| Status | Count | Share |\n|---|---:|---:|');
  });

  test('holds the start and, above all, the end of long output', () => {
    const lines = Array.from({ length: 100 }, (_, n) => `line ${n}`).join('\n');
    const cut = cutLines(lines, 20, (left) => `(${left} left out)`);
    expect(cut.split('\n')).toHaveLength(21);
    expect(cut).toContain('line 0\n');
    expect(cut).toContain('(80 left out)');
    expect(cut.endsWith('line 99')).toBe(true);
  });
});

describe('budgets in bytes', () => {
  const big = many(200, 60, 'Índice de ação 🚀 número');

  test.each([100, 1_000, 5_000, 20_000, 65_535])(
    'nothing is longer than %i bytes, and every table, fence and fold is whole',
    (budgetBytes) => {
      for (const locale of ['en', 'pt-BR'] as const) {
        for (const render of [renderSummary, renderText, renderJobSummary]) {
          const markdown = render(big, { locale, budgetBytes });
          expect(byteLength(markdown)).toBeLessThanOrEqual(budgetBytes);
          if (budgetBytes >= 1_000) expectWellFormed(markdown);
        }
      }
    },
  );

  test('200 items fit into a summary whole', () => {
    const summary = renderSummary(big);
    for (let at = 0; at < 200; at++) expect(summary).toContain(`número ${at} |`);
  });

  test('evidence is given up before items, and it is said', () => {
    const summary = renderJobSummary(big, { budgetBytes: 65_535 });
    expect(summary).toContain('#### Checklist · 200 items');
    expect(summary).toMatch(/cut here|Left out for length: the evidence/);
    expect(summary).toContain('The JSON and HTML reports hold everything.');
  });

  test('items that did not fail are given up before failures, and it is said', () => {
    const summary = renderSummary(big, { budgetBytes: 20_000 });
    expect(summary).toContain('Left out for length: 100 items that did not fail.');
    expect(summary).toContain('número 199');
  });

  test('failures are given up last, and how many is said', () => {
    const summary = renderSummary(big, { budgetBytes: 3_000 });
    expect(summary).toContain('Blocked: 100 of 200 items failed');
    expect(summary).toMatch(/… and \d+ more\./);
  });

  test('one huge line of evidence does not cost the rest', () => {
    const sample = checklist([item('a', { evidence: [{ kind: 'output', title: 'Output', text: 'é🚀'.repeat(60_000) }] })]);
    const text = renderText(sample);
    expect(byteLength(text)).toBeLessThanOrEqual(65_535);
    expect(text).toContain('é🚀');
    expectWellFormed(text);
  });

  test('a cut never splits a character', () => {
    expect(cutToBytes('é🚀é', 5)).toBe('é');
    expect(cutToBytes('ab\ncd\nef', 6)).toBe('ab\ncd');
    expect(cutToBytes('ab\ncd', 5)).toBe('ab\ncd');
  });
});

describe('what others wrote', () => {
  test.each(HOSTILE)('stays in its place: %j', (text) => {
    for (const markdown of [
      renderSummary(hostile(text)),
      renderText(hostile(text)),
      renderJobSummary(hostile(text), { locale: 'pt-BR' }),
    ]) {
      expectWellFormed(markdown);
      expect(markdown).not.toMatch(/\p{Cs}|(?!\n|\t)\p{Cc}/u);
      expect(prose(markdown).join('\n')).not.toMatch(/@[a-z]|<!--|\]\((?!<https)/);
    }
  });
});
