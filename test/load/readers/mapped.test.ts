import { describe, expect, it } from 'vitest';
import { type Mapping, problemsOf } from '../../../src/load/mapping.ts';
import { measurementsOf } from '../../../src/load/measurements.ts';
import { mappedReader } from '../../../src/load/readers/mapped.ts';
import type { LoadResult } from '../../../src/load/result.ts';
import { at, refusal, sourceOf, whyAbsent } from './reading.ts';

const REPORT = `$ python scripts/load_test_pending_review.py --requests 200 --concurrent 10
============================================================
RESULTADOS DO TESTE DE CARGA
============================================================
Total requests: 200
Requisições com sucesso: 197
Taxa de sucesso: 98.5%
Timeouts: 0
Duração total: 12.40s
Requests/sec: 16.13/s
Latência:
  Média: 312.40ms
  P50: 250.10ms
  P95: 1234.56ms
  P99: 1.98 s
`;

const MAPPING: Mapping = {
  figures: {
    requests: 'Total requests:',
    success_rate: 'Taxa de sucesso:',
    timeouts: 'Timeouts:',
    duration: 'Duração total:',
    rate: 'Requests/sec:',
    mean: 'Média',
    p50: 'P50:',
    p95: 'P95:',
    p99: 'P99:',
  },
};

const read = (text: string, mapping: Mapping = MAPPING): Promise<LoadResult> => mappedReader(mapping)(sourceOf(`${text}\n`));
const one = (
  name: string,
  text: string,
  place: Mapping['figures'][string] = 'value:',
  decimal?: '.' | ',',
): Promise<LoadResult> => read(text, { figures: { [name]: place }, ...(decimal === undefined ? {} : { decimal }) });

describe('a printed report, read by a mapping', () => {
  it('gives the figures that the script printed, each in its unit', async () => {
    const { tool, all } = await read(REPORT);
    expect(tool).toBe('mapped');
    expect(all).toMatchObject({
      requests: 200,
      timeouts: 0,
      durationMs: 12_400,
      ratePerS: 16.13,
      successShare: { share: 0.985, step: 0.001 },
    });
    expect([50, 95, 99].map((percent) => at(percent, all))).toEqual([250.1, 1234.56, 1980]);
    // The coarsest of them: 1.98 s.
    expect(all.latency).toMatchObject({ mean: 312.4, count: 197, stepMs: 10 });
    expect(all.population).toEqual({});
  });

  it('gives criteria the share that was printed, with how far it was rounded', async () => {
    const measured = measurementsOf(await read(REPORT), { wanted: new Set() });
    expect(measured['success_rate']).toMatchObject({ value: { amount: 0.985 }, samples: 200, tolerance: 0.0005 });
    expect(measured['failures']).toBeUndefined();
  });

  it('counts failures from successes, and refuses what does not add up', async () => {
    const figures = { requests: 'Total requests:', successes: 'Requisições com sucesso:' };
    expect((await read(REPORT, { figures })).all.failures).toBe(3);
    const more = { ...figures, failures: 'Timeouts:' };
    expect(await refusal(read(REPORT, { figures: more }))).toContain(
      'line 8: 197 successes and 0 failures are not the 200 requests of line 5',
    );
  });

  it('has no figure that the text does not hold, and says what was sought', async () => {
    const result = await read(REPORT.replace(/ {2}P99.*\n/, ''));
    expect(at(99, result.all)).toBeUndefined();
    expect(whyAbsent(result, 'p99')).toBe('the text holds no “P99:”');
    expect(whyAbsent(result, 'p90')).toContain('the mapping does not name it');
    expect(whyAbsent(result, 'failures')).toContain('the mapping does not name it');
  });

  it.each(['nan', 'N/A', '-', ''])('has no figure where the script printed %j', async (printed) => {
    const result = await read(REPORT.replace('1234.56ms', printed));
    expect(whyAbsent(result, 'p95')).toMatch(/“P95:” is followed by .*, which is no number \(line 14\)/);
  });

  it('has no latency where no request was made', async () => {
    const { all } = await read(REPORT.replace('requests: 200', 'requests: 0'));
    expect(all.requests).toBe(0);
    expect(all.latency).toBeUndefined();
  });

  it('rests percentiles on no more requests than succeeded', async () => {
    const measured = measurementsOf(await read(REPORT.replace('98.5%', '0.0%')), { wanted: new Set() });
    expect(measured['p95']?.samples).toBe(0);
  });

  it('is refused where a figure is there twice with different values, with both lines', async () => {
    const text = `${REPORT}P95: 99.10ms\n`;
    expect(await refusal(read(text))).toMatch(
      /report\.txt, line 16: “P95:” \(`p95`\) is there twice.*1234\.56 ms at line 14, and 99\.10 ms here/,
    );
    expect((await read(`${REPORT}P95: 1234.56ms\n`)).all.latency).toBeDefined();
    const below = { ...MAPPING.figures, p95: { after: 'P95:', below: 'P99:' } };
    expect(at(95, (await read(text, { figures: below })).all)).toBe(99.1);
  });

  it('is refused where it holds nothing that is sought', async () => {
    expect(await refusal(read('Traceback (most recent call last):\n'))).toContain('the text holds none of the figures');
  });

  it('does not take one label for another', async () => {
    expect(at(9, (await one('p9', 'P95: 3ms\nP9: 2ms', 'P9')).all)).toBe(2);
    expect((await one('requests', 'Total requests failed: 3\nTotal requests: 7', 'Total requests')).all.requests).toBe(7);
    expect(at(95, (await one('p95', 'TP95: 3ms\nP95: 2ms', 'P95:')).all)).toBe(2);
  });

  it('reads rows of tables, colours and the times of a CI log', async () => {
    expect(at(95, (await one('p95', '| P95 | 12.5 ms |', 'P95')).all)).toBe(12.5);
    expect(at(95, (await one('p95', '2026-11-25T15:19:57.1Z \u001b[1mP95:\u001b[0m 12.5 ms', 'P95:')).all)).toBe(12.5);
  });
});

describe('a number in a text', () => {
  it.each([
    ['value: 1234.5ms', undefined, 1234.5],
    ['value: 1234,5ms', undefined, 1234.5],
    ['value: 1.234,5 ms', undefined, 1234.5],
    ['value: 1,234.5 ms', undefined, 1234.5],
    ['value: 1,234,567 ms', undefined, 1_234_567],
    ['value: 0.123 s', undefined, 123],
    ['value: 1.234 s', '.', 1234],
    ['value: 1.234 ms', ',', 1234],
    ['value: 2 minutes', undefined, 120_000],
    ['value: 350 µs.', undefined, 0.35],
  ] as const)('%s (decimal %s) is %d ms', async (text, decimal, milliseconds) => {
    expect(at(95, (await one('p95', text, 'value:', decimal)).all)).toBe(milliseconds);
  });

  it('is read as the rest of the text is written', async () => {
    const figures = { requests: 'Total:', p95: 'P95:' };
    expect(
      at(95, (await read('Total: 1,000\nP95: 1.234 s\nTaxa: 98.5%', { figures: { ...figures, success_rate: 'Taxa:' } })).all),
    ).toBe(1234);
    expect((await read('Total: 1.000\nP95: 12,5 ms', { figures })).all.requests).toBe(1000);
    expect(await refusal(read('Total: 1,5\nP95: 12.5 ms', { figures }))).toContain(
      'some figures have a decimal point and some a decimal comma',
    );
  });

  it.each([
    ['p95', 'value: 1.234 s', 'may be a thousand and more, or three decimals'],
    ['p95', 'value: 12', 'it has no unit. Say by `unit`'],
    ['p95', 'value: 12 milisegundos', '`milisegundos` is no unit that is known'],
    ['p95', 'value: 12 MB', 'it is in `MB`, which it cannot be'],
    ['p95', 'value: 1 234 ms', 'which is not one number'],
    ['p95', 'value: 1m30s', 'which is not one number'],
    ['duration', 'value: 00:01:30', 'which is not one number'],
    ['p95', 'value: -3ms', 'is negative'],
    ['p95', 'value: 25h', 'is more than a day'],
    ['requests', 'value: 12.5', 'is no count'],
    ['requests', 'value: 1e3', 'which is not one number'],
    ['requests', 'value: 12%', 'it is in `%`, which it cannot be'],
    ['success_rate', 'value: 98', 'it has no unit'],
    ['success_rate', 'value: 101%', 'is more than all'],
  ])('%s is refused in “%s”', async (name, text, message) => {
    expect(await refusal(one(name, text))).toContain(message);
  });

  it('takes its unit from the mapping where the text has none, and must not contradict it', async () => {
    const place = { after: 'value:', unit: 'ms' };
    expect(at(95, (await one('p95', 'value: 12', place)).all)).toBe(12);
    expect(at(95, (await one('p95', 'value: 12 milisegundos', place)).all)).toBe(12);
    expect(await refusal(one('p95', 'value: 12 s', place))).toContain('the text has it in `s`, and the mapping in `ms`');
    expect((await one('success_rate', 'value: 0.98', { after: 'value:', unit: 'ratio' })).all.successShare?.share).toBe(0.98);
  });

  it('is refused where there are more of a kind than requests', async () => {
    const figures = { requests: 'Total:', timeouts: 'Timeouts:' };
    expect(await refusal(read('Total: 5\nTimeouts: 6', { figures }))).toContain('line 2: `timeouts` is 6, of 5 requests');
  });
});

describe('a text that is cut off', () => {
  it('gives no part of a number for the whole', async () => {
    const cut = mappedReader({ figures: { requests: 'Total:', timeouts: 'Timeouts:' } })(sourceOf('Total: 100\nTimeouts: 1'));
    expect(await refusal(cut)).toContain('so the number may be cut off');
  });
});

describe('a mapping', () => {
  it.each([
    [{ p95: '' }, 'give the text that stands before the value'],
    [{ latency: 'x' }, '`latency` is no figure of a load test'],
    [{ p95: { after: 'x', unit: 'Ms' } }, 'Did you mean `ms`?'],
    [{ p95: { after: 'x', unit: 'MB' } }, 'cannot be in `MB`'],
    [{ p95: { after: 'x', below: ' ' } }, '`below` is empty'],
  ])('%j has a problem', (figures, message) => {
    expect(problemsOf({ figures }).join()).toContain(message);
    expect(() => mappedReader({ figures })).toThrow(message);
  });

  it('reads a log of a million lines as fast as one would search it', async () => {
    const noise = 'P95 P95: P95:: P95 = P95=========================================== nothing\n'.repeat(1_000_000);
    const started = performance.now();
    const { all } = await read(noise + REPORT);
    expect(at(95, all)).toBe(1234.56);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
