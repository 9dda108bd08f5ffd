import fc from 'fast-check';
import { expect, test } from 'vitest';
import { K6_CSV } from '../../../../src/load/readers/k6/csv.ts';
import { K6_NDJSON } from '../../../../src/load/readers/k6/ndjson.ts';
import { numberAfter } from '../../../../src/load/readers/k6/numbers.ts';
import { timeIn, timeReader, unixTimeAt, unixTimeIn } from '../../../../src/load/readers/k6/times.ts';
import type { StreamReader } from '../../../../src/load/readers/reader.ts';
import { resultSource } from '../../../support/result-source.ts';
import { plain } from './plain.ts';

/*
 * What is read from the bytes is held against what is read from each line as JSON: with a blank before them, no line is one that is
 * read from its bytes, and all say the same.
 */

const METRICS = [
  'http_reqs',
  'http_req_duration',
  'http_req_blocked',
  'http_req_failed',
  'checks',
  'data_received',
  'iterations',
  'vus',
  'my_trend',
  'grpc_req_duration',
];

const name = fc.constantFrom(
  'http://a.test/',
  'http://a.test/b?x=1&y=<2>',
  'login',
  'é ü 漢字',
  'with "quotes"',
  'back\\slash',
  '',
  '🙂\u2028',
);
const some = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 4 });
const tags = fc.record({
  expected_response: some(fc.constantFrom('true', 'false')),
  method: some(fc.constantFrom('GET', 'POST')),
  name: some(name),
  status: some(fc.constantFrom('200', '404', '500', '0', '007', 'x')),
  url: some(name),
  error_code: some(fc.constantFrom('1050', '1211', '1212', '1404')),
  check: some(name),
  group: some(fc.constantFrom('', '::setup')),
});
const number = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 0, max: 5_000_000 }).map((micro) => String(micro / 1000)) },
  { weight: 3, arbitrary: fc.constantFrom('0', '1') },
  fc.double({ min: 0, max: 80_000_000, noNaN: true }).map(String),
  fc.constantFrom(
    '1e-3',
    '12.50',
    '-0',
    '-0.0',
    '1E2',
    '0.1234567890123456789',
    '9007199254740993',
    '123456789012345.6',
    '0.000001',
  ),
);
const wrongNumber = fc.constantFrom('12.', '.5', '01', '-1', 'NaN', '1e400', 'null', '"1"', '99999999999');
const time = fc.oneof(
  { weight: 4, arbitrary: fc.constant('2026-01-02T03:04:05.678901-03:00') },
  fc
    .tuple(
      fc.integer({ min: 0, max: 86_399 }),
      fc.integer({ min: 0, max: 9 }),
      fc.nat(999_999_999),
      fc.constantFrom('Z', '+00:00', '-11:45'),
    )
    .map(([second, decimals, fraction, zone]) => {
      const clock = new Date(second * 1000).toISOString().slice(11, 19);
      return `2026-01-0${(second % 9) + 1}T${clock}${decimals === 0 ? '' : `.${String(fraction).padStart(9, '0').slice(0, decimals)}`}${zone}`;
    }),
);
const wrongTime = fc.constantFrom('', '2026-13-02T03:04:05Z', '2026-01-02', '2026-01-02T03:04:05.Z', '2026-01-02T25:04:05Z');

/** As Go writes strings: with signs of HTML escaped. */
const goJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(/[<>&\u2028\u2029]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);

const STYLES = ['new', 'new', 'new', 'new', 'old', 'shuffled', 'spaced', 'twice', 'metadata', 'no tags', 'plain'] as const;

const lineOf = fc
  .record({
    metric: fc.constantFrom(...METRICS),
    style: fc.constantFrom(...STYLES),
    tags,
    value: fc.oneof({ weight: 300, arbitrary: number }, wrongNumber),
    time: fc.oneof({ weight: 300, arbitrary: time }, wrongTime),
  })
  .map(({ metric, style, tags: given, value, time: at }) => {
    const written = goJson(given);
    const data = `"time":"${at}","value":${value},"tags":${written}`;
    switch (style) {
      case 'new':
        return `{"metric":"${metric}","type":"Point","data":{${data}}}`;
      case 'old':
        return `{"type":"Point","data":{${data}},"metric":"${metric}"}`;
      case 'shuffled':
        return `{"data":{"tags":${written},"value":${value},"time":"${at}"},"metric":"${metric}","type":"Point"}`;
      case 'spaced':
        return `{ "metric" : "${metric}", "type": "Point",\t"data": {${data}} } `;
      case 'twice':
        return `{"metric":"${metric}","type":"Point","data":{${data},"value":${value}}}`;
      case 'metadata':
        return `{"metric":"${metric}","type":"Point","data":{${data},"metadata":{"vu":"1","iter":"${value.length}"}}}`;
      case 'no tags':
        return `{"metric":"${metric}","type":"Point","data":{"time":"${at}","value":${value},"tags":null}}`;
      default:
        return `{"metric":"${metric}","type":"Point","data":{"time":"${at}","value":${value},"tags":{"name":"${'n'.repeat(value.length)}","name":"last","status":200}}}`;
    }
  });

/** What became of it: the figures, or the message. */
async function outcome(reader: StreamReader, text: string, chunkBytes?: number): Promise<unknown> {
  return reader.read(resultSource(text, chunkBytes)).then(plain, (error: unknown) => String(error));
}

test('NDJSON: what the bytes say is what JSON says, whatever the order, the notation, the chunks and the damage', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(lineOf, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom('\n', '\r\n'),
      fc.integer({ min: 0, max: 400 }),
      fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 61, max: 20_000 })),
      async (lines, times, lineEnd, cut, chunkBytes) => {
        const all = Array.from({ length: times }, () => lines).flat();
        const whole = all.map((line) => `${line}${lineEnd}`).join('');
        const text = cut < 200 ? whole.slice(0, whole.length - cut) : whole;
        const slow = text.replaceAll(/^(?=.)/gm, ' ');
        expect(await outcome(K6_NDJSON, text, chunkBytes)).toEqual(await outcome(K6_NDJSON, slow));
      },
    ),
    { numRuns: 400 },
  );
});

const cell = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('GET', 'http://a.test/', 'true', '') },
  fc.constantFrom('a, b', 'say "x"', 'é'),
);
const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const row = fc
  .record({
    metric: fc.constantFrom(...METRICS),
    time: fc.oneof(time, fc.constantFrom('1767322800', '1767322801', '1767322801123', '1767322801123456', '1767322801123456789')),
    value: fc.oneof({ weight: 300, arbitrary: fc.nat(5_000_000).map((micro) => (micro / 1000).toFixed(6)) }, wrongNumber),
    check: cell,
    method: cell,
    name: cell,
    status: fc.constantFrom('200', '0', '500', ''),
    code: fc.constantFrom('', '1050', '1500'),
  })
  .map(({ metric, time: at, value, check, method, name: label, status, code }) =>
    [metric, at, value, check, code, method, label, status, 'k=v&l=m'].map(quoted).join(','),
  );

test('CSV: what the bytes say is what the cells say', async () => {
  const header = 'metric_name,timestamp,metric_value,check,error_code,method,name,status,extra_tags';
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom('\n', '\r\n'),
      fc.integer({ min: 1, max: 5000 }),
      async (rows, times, lineEnd, chunkBytes) => {
        const all = Array.from({ length: times }, () => rows).flat();
        const text = [header, ...all].map((line) => `${line}${lineEnd}`).join('');
        // A quotation mark around the first cell: no row is read from its bytes.
        const slow = [header, ...all.map((line) => line.replace(/^(\w+)/, '"$1"'))].map((line) => `${line}${lineEnd}`).join('');
        expect(await outcome(K6_CSV, text, chunkBytes)).toEqual(await outcome(K6_CSV, slow));
      },
    ),
    { numRuns: 300 },
  );
});

const viewOf = (text: string): DataView => {
  const bytes = Buffer.from(`${text},\n`);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
};

test('a number that is read from its bytes is the double that JSON gives', () => {
  fc.assert(
    fc.property(fc.oneof(number, fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map(String)), (text) => {
      const into = { value: Number.NaN };
      const end = numberAfter(viewOf(text), 0, into);
      return end !== text.length || Object.is(into.value, JSON.parse(text));
    }),
  );
});

test('a time that is read from its bytes is that of the text, and of the Date', () => {
  const read = timeReader();
  fc.assert(
    fc.property(time, (text) => {
      const at = read(viewOf(text), 0, text.length);
      return at === timeIn(text) && Math.abs(at - Date.parse(text)) < 1.001;
    }),
  );
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 9_999_999_999_999_999_999n }).map(String), (text) => {
      return unixTimeAt(viewOf(text), 0, text.length) === unixTimeIn(text);
    }),
  );
});
