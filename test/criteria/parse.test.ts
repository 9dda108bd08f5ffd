import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CriterionSyntaxError, parseCriterion } from '../../src/criteria/parse.ts';

function refusal(source: string): { message: string; at: string } {
  try {
    parseCriterion(source);
  } catch (error) {
    if (error instanceof CriterionSyntaxError)
      return { message: error.message, at: source.slice(error.offset, error.offset + error.length) };
    throw error;
  }
  throw new Error(`“${source}” was accepted`);
}

describe('criteria from real checklists', () => {
  it.each([
    ['status == 200', ['status']],
    ['latency < 2s', ['latency']],
    ['APP_DB_POOL_MIN_SIZE == 2', ['APP_DB_POOL_MIN_SIZE']],
    ['success_rate > 95%', ['success_rate']],
    ['size > 0 bytes', ['size']],
    ['age < 24h', ['age']],
    ['version == 5403edb1d087', ['version']],
    ['version == 20251124_1151_5403edb1d087', ['version']],
    ['error_rate > 5% for 10m', ['error_rate']],
    ['memory <= baseline - 950MB', ['memory']],
    ['p95 <= baseline * 1.3 or p95 <= baseline + 50ms', ['p95']],
    ['max_connections >= 2 * DB_CONNECTION_LIMIT', ['max_connections', 'DB_CONNECTION_LIMIT']],
    ['p95 of "POST /bookings" < 400ms', ['p95 of "POST /bookings"']],
    ['throughput >= 10K/s', ['throughput']],
    ['throughput >= 10000 logs/sec', ['throughput']],
    ['growth > 50MB/hour', ['growth']],
    ['errors > 1 per minute', ['errors']],
    ['postgresql.query_stats_limit between 100 and 10000', ['postgresql.query_stats_limit']],
    ['body.items[0].state in ("open", "closed")', ['body.items[0].state']],
    ['header.content_type matches /json/i', ['header.content_type']],
    ['`odd-name.x` > 3 and not (a < 1 or b == true)', ['odd-name.x', 'a', 'b']],
    ['p95 ≤ 500ms', ['p95']],
  ])('reads %s', (source, names) => {
    expect(parseCriterion(source).names).toEqual(names);
  });

  it('binds "for" to the comparison before it', () => {
    const { expression, windowMs } = parseCriterion('a > 1 and b > 2 for 10m');
    expect(expression).toMatchObject({ kind: 'and', operands: [{ kind: 'relation' }, { kind: 'held', windowMs: 600_000 }] });
    expect(windowMs).toBe(600_000);
  });

  it('keeps how a number was written, because 15.10 is not 15.1 where a version is meant', () => {
    expect(parseCriterion('version >= 15.10').expression).toMatchObject({ right: { raw: '15.10', bare: true } });
  });

  it('takes a revision that looks like a number with an exponent as a text', () => {
    expect(parseCriterion('version == 5403e1d087').expression).toMatchObject({ right: { kind: 'text', text: '5403e1d087' } });
    expect(parseCriterion('x == 1e3').expression).toMatchObject({ right: { kind: 'quantity', amount: 1000 } });
  });
});

describe('a criterion that cannot be read', () => {
  it.each([
    ['', 'empty', ''],
    ['p95 = 5s', '`==`', '='],
    ['p95 < 500 mss', 'Did you mean `ms`?', 'mss'],
    ['p95 <', 'ends where a value is expected', ''],
    ['1 < p95 < 5', 'between', '<'],
    ['a && b', '`and`', '&&'],
    ['x > 1,000', 'thousands separators', ','],
    ['p95 < 5s AND x', 'Write `and`', 'AND'],
    ['baseline', 'Write `p95 <= baseline', 'baseline'],
    ['a + b < baseline', 'baseline.a', 'baseline'],
    ['x matches "("', 'no regular expression', ''],
    ['fop(3) < 2', 'Unknown function', 'fop'],
    ['p95 + 5s', 'not a condition', ''],
    ['x in 5', 'list', '5'],
    ['error_rate > 5% for 10', 'Write `for 10m`', '10'],
    ['x == "open', 'closing', '"open'],
    ['x ^ 5', 'means nothing', '^'],
  ])('tells what is wrong with “%s”', (source, message, at) => {
    const found = refusal(source);
    expect(found.message).toContain(message);
    expect(found.at).toContain(at);
  });

  it('throws nothing but its own error, whatever it is given', () => {
    const pieces = fc.constantFrom(
      'p95',
      '<',
      '>=',
      '500ms',
      '5%',
      'and',
      'or',
      'not',
      '(',
      ')',
      'for',
      '10m',
      'baseline',
      '"x"',
      '/a/',
      'in',
      'between',
      ',',
      '-',
      '*',
      '/',
      '`q`',
      'of',
      '1e',
      '%',
    );
    const anything = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 12 }).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(anything, (source) => {
        try {
          parseCriterion(source);
        } catch (error) {
          expect(error).toBeInstanceOf(CriterionSyntaxError);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('does not overflow on deep nesting', () => {
    expect(refusal('('.repeat(5000)).message).toContain('nested too deeply');
  });
});
