import { describe, expect, it } from 'vitest';
import { CriterionSyntaxError, parseCriterion } from '../../src/criteria/parse.ts';

function refusal(source: string): { message: string; marked: string } {
  try {
    parseCriterion(source);
  } catch (error) {
    if (!(error instanceof CriterionSyntaxError)) throw error;
    return { message: error.message, marked: source.slice(error.offset, error.offset + error.length) };
  }
  throw new Error(`“${source}” was accepted`);
}

describe('what people write instead is answered with the right form', () => {
  it.each([
    // Numbers as other cultures write them.
    ['error_rate < 0,8%', '`0.8%`', '0,8%'],
    ['success < 99,7%', '`99.7%`', '99,7%'],
    ['p95 <= baseline*1,05', '`1.05`', '1,05'],
    ['n > 1,000', '`1000`', '1,000'],
    ['n > 1,000,000', '`1000000`', '1,000,000'],
    ['n > 1,000.5', '`1000.5`', '1,000.5'],
    ['n > 10.000,5', '`10000.5`', '10.000,5'],
    ['iops > 10.000', '`10` or `10000`', '10.000'],
    ['iops > 10.000.000', '`10000000`', '10.000.000'],
    ['n > 1_000', '`1000`', '1_000'],
    ['n == 007', '`7`', '007'],
    ['p95 < .5s', '`0.5s`', '.5s'],
    ['p95 < 5.s', '`5s`', '5.s'],
    ['x < 1e400', 'too large', '1e400'],
    ['x == 0x1F', '`31`', '0x1F'],
    ['date >= 2026-01-31', '"2026-01-31"', '2026-01-31'],
    // Units.
    ['p95 < 500MS', '`ms`', 'MS'],
    ['mem < 5Mb', '`MB`', 'Mb'],
    ['mem < 5 gb', '`GB`', 'gb'],
    ['mem < 5G', '`GB`', 'G'],
    ['mem < 5gib', '`GiB`', 'gib'],
    ['x > 10Mbps', '`MB/s`', 'Mbps'],
    ['x > 5 Mb/s', '`MB`', 'Mb'],
    ['p95 < 1m30s', '`90s`', '1m30s'],
    ['p95 < 1h 30m', '`90m`', '1h 30m'],
    ['p95 < 2x', '`2 * baseline`', '2x'],
    ['p95 < 2x other', '`2 * other`', '2x'],
    ['p95 < 2 x other', '`2 * other`', '2 x'],
    ['x < 3σ', 'Unknown unit', 'σ'],
    ['status == 2xx', '`between 200 and 299`', '2xx'],
    // Operators of other languages.
    ['status = 200', '`==`', '='],
    ['p95 =< 5s', '`<=`', '=<'],
    ['p95 => 5s', '`>=`', '=>'],
    ['p95 === 5s', '`==`', '==='],
    ['p95 !== 5s', '`!=`', '!=='],
    ['a && b', '`and`', '&&'],
    ['!a', '`not`', '!'],
    ['x =~ /a/', '`matches`', '=~'],
    ['x AND y', '`and`', 'AND'],
    ['Not x', '`not`', 'Not'],
    ['x IN (1)', '`in`', 'IN'],
    ['x == True', '`true`', 'True'],
    ['x == null', '`""`', 'null'],
    ['x < NaN', 'no `NaN`', 'NaN'],
    ['p95 ＜ 5s', '`<`', '＜'],
    ['p95 < 5％', '`%`', '％'],
    ['p95 < “500ms”', 'straight quotes', '“'],
    ['a\u200b < 5', 'U+200B', '\u200b'],
    ['x < ±10MB', '`between baseline - 10MB and baseline + 10MB`', '±'],
    ['cost < $100', 'currency', '$'],
    ['5 < x < 10', '`x between', '<'],
    ['x in 1..5', '`between 1 and 5`', '1..5'],
    ['x < 1..5', '`between 1 and 5`', '1..5'],
    ['x between 40-60%', '`between 40 and 60%`', ''],
    ['success 98%+', 'operator is missing', 'success 98%'],
    ['success >= 98%+', '`>= 98%`', '98%+'],
    // Prose.
    ['error rate < 1%', '`error_rate`', 'error rate'],
    ['mean response time < 1s', '`mean_response_time`', 'mean response time'],
    ['p 95 < 5s', 'operator is missing', 'p 95'],
    ['p95 below 500ms', '`<`', 'below'],
    ['p95 is 500ms', '`==`', 'is'],
    ['x contains "a"', '`matches /…/`', 'contains'],
    ['p95 < 500ms for > 10 minutes', '`for 10 minutes`', '>'],
    ['p95 < 500ms for at least 10m', '`for 10m`', 'at'],
    ['p95 < 500ms over 10m', '`for`', 'over'],
    ['p95 < 500ms during 10m', '`for`', 'during'],
    ['x > 5% for 10', '`for 10m`', '10'],
    ['x > 5% for 10m for 5m', 'within another `for`', 'for'],
    ['(x > 5% for 10m and y) for 5m', 'within another `for`', 'for'],
    ['p95 for "x" < 5s', '`p95 of "x"`', '"x"'],
    ['p95 < 500ms.', 'Take it away', '.'],
    ['p95 < 500ms, p99 < 1s', 'joined by `and`', ','],
    ['body["a"] == 1', '`body.name`', '['],
    ['p95 of x < 5s', 'quotes', 'x'],
    ['x in ()', 'empty', '()'],
    ['(p95 < 5s', 'never closed', '('],
    ['p95 < 5s)', 'never opened', ')'],
    ['p95 < p95', 'with itself', 'p95 < p95'],
    ['x matches /a/g', 'only `i`', 'g'],
    ['x matches /(a/', 'no regular expression', '(a'],
    ['x matches /ab(?=c)/', 'look ahead', '(?='],
    ['x matches /(ok)?/', 'matches every text', '/(ok)?/'],
    ['x matches ""', 'matches every text', '""'],
  ])('%s', (source, message, marked) => {
    const found = refusal(source);
    expect(found.message).toContain(message);
    expect(found.marked).toBe(marked);
  });
});

describe('what people also write is understood', () => {
  it.each([
    'error_rate < 5 %',
    'uptime >= 99.9 %',
    'p95 <1 s',
    'p95 ≥ 500 ms',
    'p95 ≤ 1.05 × baseline',
    'p95 < 500 milliseconds',
    'memory < 5Gi',
    'throughput >= 10K req/s',
    'throughput >= 10 K logs per second',
    'growth < 1.500s',
    'n in (100,200)',
    'status in [200, 204]',
    'version == 1.28.3',
    'version == 0001_initial',
    'p95 < 500ms for 10 min',
  ])('%s', (source) => {
    expect(() => parseCriterion(source)).not.toThrow();
  });
});
