import { describe, expect, it } from 'vitest';
import { DIMENSION } from '../../src/criteria/value.ts';
import { problems } from './judged.ts';

const NAMES = {
  p95: DIMENSION.time,
  error_rate: DIMENSION.ratio,
  memory: DIMENSION.bytes,
  status: DIMENSION.number,
  rps: DIMENSION.rate,
  query: DIMENSION.open,
  ok: 'flag',
  body: 'text',
  version: 'version',
  anything: 'unknown',
} as const;

describe('what is known before anything is measured', () => {
  it.each([
    ['p95 < 5MB', 'a time'],
    ['p95 < 500', 'Write `500ms` or `500s`'],
    ['error_rate < 5', 'Write `5%`'],
    ['memory > 5s', 'an amount of bytes'],
    ['status < 5ms', 'units: { status'],
    ['p9 < 5ms', 'Did you mean `p95`?'],
    ['latency_of_all_things < 5ms', 'Nothing here measures'],
    ['version == abcdef', 'quotes'],
    ['ok > 5', 'cannot be compared'],
    ['ok < true', 'no order'],
    ['p95', 'not a condition'],
    ['p95 + memory > 5s', 'cannot be compared'],
    ['p95 <= baseline + 5MB', 'cannot be compared'],
    ['status matches /2../', 'only a text'],
    ['error_rate between 1 and 5', 'Write `1%`'],
  ])('refuses %s', (source, message) => {
    expect(problems(source, NAMES).join(' ')).toContain(message);
  });

  it.each([
    'p95 < 500ms',
    'error_rate < 5%',
    'error_rate == 0',
    'memory <= baseline - 950MB',
    'p95 <= baseline * 1.05',
    'query < 500ms and query < 1%',
    'status / rps > 3s',
    'memory / p95 > 5MB/s',
    'version >= 13 and version == "15.1"',
    'version == 5403edb1d087',
    'body == ae1027a6acf4',
    'ok and not anything',
    'anything < 5MB',
    'status < 5%',
    'error_rate <= baseline + 1%',
    'abs(p95 - baseline) < 10ms',
    'body > 3',
  ])('accepts %s', (source) => {
    expect(problems(source, NAMES)).toEqual([]);
  });
});
