import { expect, test } from 'vitest';
import { parseExposition } from '../../src/probes/prometheus-text.ts';

const samples = (text: string) => parseExposition(text, 'http://app/metrics').samples;

test('samples have a name, labels and a value; comments, timestamps and blank lines are passed over', () => {
  const text = `# HELP http_requests_total The total, with a \\n in it.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400",} 3 -1395066363000

  up 1
go_info { version = "go1.22" } 1
tight{a="b"}3
`;
  expect(samples(text)).toEqual([
    { name: 'http_requests_total', labels: { method: 'post', code: '200' }, value: 1027 },
    { name: 'http_requests_total', labels: { method: 'post', code: '400' }, value: 3 },
    { name: 'up', labels: {}, value: 1 },
    { name: 'go_info', labels: { version: 'go1.22' }, value: 1 },
    { name: 'tight', labels: { a: 'b' }, value: 3 },
  ]);
});

test('labels may have escapes, braces, commas and hashes in them', () => {
  expect(samples('x{path="C:\\\\DIR\\\\",error="say \\"}\\"\\n#, done"} 1')).toEqual([
    { name: 'x', labels: { path: 'C:\\DIR\\', error: 'say "}"\n#, done' }, value: 1 },
  ]);
});

test.each([
  ['NaN', Number.NaN],
  ['+Inf', Number.POSITIVE_INFINITY],
  ['-Inf', Number.NEGATIVE_INFINITY],
  ['1.458255915e9', 1458255915],
  ['-0.5', -0.5],
])('%s is a value', (written, value) => {
  expect(samples(`x ${written}`)[0]?.value).toBe(value);
});

test('OpenMetrics’ exemplars are passed over, and its end is the end', () => {
  const text = `# TYPE foo histogram
foo_bucket{le="0.1"} 8 # {trace_id="abc"} 0.054 1520879607.789
foo_bucket{le="+Inf"} 17 1520879607.8 # {trace_id="def"} 0.67
# EOF
this is not read`;
  expect(samples(text).map(({ value }) => value)).toEqual([8, 17]);
  expect(parseExposition(text, '').types.get('foo')).toBe('histogram');
});

test.each(['<!DOCTYPE html>', '{"status":"UP"}', 'x', 'x y', 'x{a=1} 1', 'x{a="1" 1', 'x-1', 'x 1 2 3'])(
  '%s is no sample',
  (line) => {
    expect(() => samples(`up 1\n${line}`)).toThrow(/Line 2 of http:\/\/app\/metrics is not Prometheus text/);
  },
);
