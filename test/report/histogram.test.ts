import { describe, expect, test } from 'vitest';
import { maskTexts } from '../../src/checklist/mask.ts';
import type { Judgement } from '../../src/checklist/model.ts';
import { seconds } from '../../src/criteria/value.ts';
import { figureColumns } from '../../src/report/figure-columns.ts';
import { binsOf, type HistogramEvidence, histogramLines } from '../../src/report/histogram.ts';
import { histogramChart } from '../../src/report/html/histogram.ts';
import { renderJson } from '../../src/report/json.ts';
import { wordsOf } from '../../src/report/locale/words.ts';
import { logGroups } from '../../src/report/log-groups.ts';
import { CHECK_RUN_BYTES, renderText } from '../../src/report/markdown.ts';
import { shareText } from '../../src/report/share.ts';
import { checklist, comparison, item, judgement, stressTest, twoPeaks } from './samples.ts';

const draw = (evidence: HistogramEvidence, judgements: readonly Judgement[] = [], locale: 'en' | 'pt-BR' = 'en') =>
  histogramChart(evidence, judgements, wordsOf(locale), locale);
const limited = (subject: string, limit: number) => [
  judgement(`${subject} < limit`, [comparison(subject, '<', seconds(1.9), seconds(limit), 'holds')]),
];
/** Where the limit's line stands, in percent of the width. */
const placeOfBound = (drawn: string): number | undefined => {
  const [, x] = /class="bound fail" d="M([\d.-]+) 0V/.exec(drawn) ?? [];
  return x === undefined ? undefined : Number(x) / 6;
};

describe('as text', () => {
  test('each bin is one line with its bound, count, share and bar, and the marks that lie in it', () => {
    const lines = histogramLines(twoPeaks, 'en');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toBe('≤ 100 ms   60     6 %  ██');
    expect(lines[2]).toBe('≤ 500 ms    0     0 %');
    expect(lines[3]).toBe('   ≤ 1 s    2   0.2 %  ·');
    expect(lines[4]).toBe(`   ≤ 2 s  908  90.8 %  ${'█'.repeat(30)} ◄ p50 1.5 s, p95 1.9 s`);
  });

  test('the figures stand in columns, before the bars', () => {
    const starts = histogramLines(twoPeaks, 'pt-BR').map((line) => line.indexOf('%'));
    expect(new Set(starts).size).toBe(1);
    expect(histogramLines(twoPeaks, 'pt-BR')[3]).toContain('0,2 %');
  });

  test('neighbours are joined where there are too many to read, and none is lost', () => {
    const bins = Array.from({ length: 1000 }, (_, at) => ({ upTo: at + 1, count: 1 }));
    const lines = histogramLines({ kind: 'histogram', title: 'x', unit: 'number', bins }, 'en');
    expect(lines.length).toBeLessThanOrEqual(24);
    expect(lines.at(-1)).toMatch(/^≤ 1,000 /);
  });

  test('a last bin without an end says above what it lies', () => {
    const lines = histogramLines(
      {
        kind: 'histogram',
        title: 'x',
        unit: 's',
        bins: [{ upTo: 1, count: 3 }, { count: 1 }],
        marks: [{ label: 'max', amount: 9 }],
      },
      'en',
    );
    expect(lines[1]).toMatch(/^> 1 s .* ◄ max 9 s$/);
  });

  test('in Markdown it is a block of code, in the log lines that keep their columns', () => {
    expect(renderText(checklist([stressTest]))).toContain('**Latencies**\n\n```text\n≤ 100 ms   60     6 %  ██\n');
    expect(logGroups(checklist([stressTest]))[0]?.lines).toContain('  | ≤ 100 ms   60     6 %  ██');
  });

  test('a page of many stays inside the budget of a check run', () => {
    const items = Array.from({ length: 100 }, (_, at) => item(`load-${at}`, { evidence: [twoPeaks, twoPeaks, twoPeaks] }));
    expect(Buffer.byteLength(renderText(checklist(items)))).toBeLessThanOrEqual(CHECK_RUN_BYTES);
  });

  test('of nothing it says so, in every report', () => {
    const nothing: HistogramEvidence = { ...twoPeaks, bins: [{ upTo: 1, count: 0 }] };
    const list = checklist([item('a', { evidence: [nothing] })]);
    expect(histogramLines(nothing, 'en')).toEqual([]);
    expect(draw(nothing)).toContain('No values.');
    expect(draw(nothing, [], 'pt-BR')).toContain('Nenhum valor.');
    expect(renderText(list)).toContain('No values.');
    expect(logGroups(list)[0]?.lines.at(-1)).toContain('No values.');
  });
});

describe('as a drawing', () => {
  test('its label tells the marks to those who cannot see it, and the figures fold out', () => {
    const drawn = draw(twoPeaks);
    expect(drawn).toContain('role="img" aria-label="Latencies: p50 1.5 s, p95 1.9 s"');
    expect(drawn).toContain('<summary>Counts</summary>');
    expect(drawn).toContain('<title>1 s – 2 s: 908 (90.8 %)</title>');
    expect(draw(twoPeaks, [], 'pt-BR')).toContain('<summary>Contagens</summary>');
  });

  test('what is there is never drawn as nothing', () => {
    const heights = [...draw(twoPeaks).matchAll(/class="bar"[^>]* height="([\d.]+)"/g)].map(([, height]) => Number(height));
    expect(heights[2]).toBe(0);
    expect(heights[3]).toBeGreaterThan(1);
  });

  test('a limit on a percentile stands where its amount is', () => {
    expect(placeOfBound(draw(twoPeaks, limited('p95', 0.2)))).toBeCloseTo(40, 1);
    expect(placeOfBound(draw(twoPeaks, limited('p99.9.with_timeouts', 1)))).toBeCloseTo(80, 1);
    expect(draw(twoPeaks, limited('p95', 0.2))).toContain('p95 allowed &lt; 200 ms');
  });

  test('a limit beyond the slowest widens the drawing; one that would squash the bars is only told', () => {
    const wider = draw(twoPeaks, limited('p95', 5));
    expect(placeOfBound(wider)).toBe(100);
    expect(wider).toMatch(/left:100%">5 s</);
    const outside = draw(twoPeaks, limited('p95', 3600));
    expect(placeOfBound(outside)).toBeUndefined();
    expect(outside).toContain('p95 allowed &lt; 1 h (outside the drawing)');
    expect(placeOfBound(draw(twoPeaks, limited('p95', 0.03)))).toBe(0);
  });

  test('a limit on another figure, or on one label alone, is not drawn', () => {
    for (const subject of ['duration', 'p95 of "GET /"', 'rate']) {
      expect(placeOfBound(draw(twoPeaks, limited(subject, 1)))).toBeUndefined();
    }
  });

  test('bounds that are no numbers, or in no order, leave no trace', () => {
    const odd: HistogramEvidence = {
      ...twoPeaks,
      from: Number.NaN,
      bins: [
        { upTo: 1, count: Number.NaN },
        { count: 7 },
        { upTo: 0.5, count: 7 },
        { upTo: Number.POSITIVE_INFINITY, count: 7 },
        { upTo: 2, count: 3 },
      ],
      marks: [{ label: 'p95', amount: Number.POSITIVE_INFINITY }],
    };
    expect(binsOf(odd)).toEqual([
      { from: undefined, to: 1, count: 0 },
      { from: 1, to: 2, count: 3 },
    ]);
    expect(draw(odd)).not.toMatch(/NaN|Infinity|∞/);
  });

  test('marks near each other stand one above the other', () => {
    const near = {
      ...twoPeaks,
      marks: [
        { label: 'p95', amount: 1.8 },
        { label: 'p99', amount: 1.9 },
      ],
    };
    expect(draw(near)).toMatch(/bottom:0px">p95.*bottom:12px">p99/);
  });
});

test('the JSON report holds each bin, and null for a mark that is endless', () => {
  const endless = {
    ...twoPeaks,
    bins: [{ upTo: 1, count: 3 }, { count: 2 }],
    marks: [{ label: 'p99', amount: Number.POSITIVE_INFINITY }],
  };
  const [evidence] = renderJson(checklist([item('a', { evidence: [endless] })])).items[0]?.evidence ?? [];
  expect(evidence).toEqual({
    kind: 'histogram',
    title: 'Latencies',
    unit: 's',
    from: 0.05,
    bins: [{ up_to: 1, count: 3 }, { count: 2 }],
    marks: [{ label: 'p99', amount: null }],
  });
});

test('secrets in its title and labels are masked, its unit is not', () => {
  const masked = maskTexts({ ...twoPeaks, title: 'of s3cret s', marks: [{ label: 's3cret', amount: 1 }] }, (text) =>
    text.replaceAll('s3cret', '***').replace(/^s$/, '***'),
  );
  expect(masked).toMatchObject({ title: 'of *** s', unit: 's', marks: [{ label: '***', amount: 1 }] });
});

test('shares are told to a hundredth: never nothing for what happened, never all for what did not', () => {
  expect([
    shareText(1, 3),
    shareText(0, 3),
    shareText(3, 3),
    shareText(1, 1e6),
    shareText(999_999, 1e6),
    shareText(0, 0),
    shareText(1, 1000, 'pt-BR'),
  ]).toEqual(['33.3 %', '0 %', '100 %', '< 0.01 %', '> 99.99 %', '–', '0,1 %']);
});

test('columns of figures are told from columns of words', () => {
  const rows = [
    ['GET /', '1,234', '12.3 %', '1 min 30 s', '–', '5403edb1'],
    ['200', '–', '< 0.01 %', '+2.4/s', '', '12'],
  ];
  expect(figureColumns(['a', 'b', 'c', 'd', 'e', 'f'], rows)).toEqual([1, 2, 3]);
});
