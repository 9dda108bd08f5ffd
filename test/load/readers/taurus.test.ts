import { describe, expect, test } from 'vitest';
import { readResult } from '../../../src/load/readers/read.ts';
import { sharedLoadData } from '../../support/shared-data.ts';
import { expectedOf, FIXTURES_ARE_THERE, readFiles, readFixture, reasonFor, shownAs } from './result-files.ts';

describe.skipIf(!FIXTURES_ARE_THERE)('what Taurus dumped', () => {
  test.each(['healthy.xml', 'healthy.csv', 'stalling.xml', 'stalling.csv'])('%s has the figures of all', async (name) => {
    const result = await readFixture(`taurus/${name}`);
    const { requests, failures, p50, p95, p99 } = expectedOf(`taurus/${name}`);
    expect(shownAs(result)).toMatchObject({ requests, failures, p50, p95, p99 });
    expect([...result.labels.keys()].sort()).toEqual(['basket, "full"', 'home', 'visit']);
  });

  test('has the timeouts of a label whose codes tell them, and of all only where every code does', async () => {
    const { all, labels } = await readFixture('taurus/stalling.xml');
    expect([labels.get('home')?.timeouts, labels.get('visit')?.timeouts, all.timeouts]).toEqual([6, undefined, undefined]);
  });
});

describe.skipIf(sharedLoadData('taurus') === undefined)('a report from the wild', () => {
  // As the files say it, in seconds.
  test.each([
    ['TaurusXMLReport.xml', { requests: 677, failures: 11, timeouts: 0, p50: 187, p95: 1293, p99: 1493 }],
    ['TaurusPreviousBuildReport.xml', { requests: 445, failures: 5, timeouts: 0, p50: 201, p95: 945, p99: 15_610 }],
    ['TaurusXmlWithDuration.xml', { requests: 59_314, failures: 29_656, timeouts: 0, p50: 0, p95: 1, p99: 3 }],
  ])('%s', async (name, expected) => {
    expect(shownAs(await readResult(sharedLoadData('taurus', name) ?? '', name))).toEqual(expected);
  });

  test('has its duration where it was written', async () => {
    const { all } = await readResult(sharedLoadData('taurus', 'TaurusXmlWithDuration.xml') ?? '', 'x');
    expect(all.durationMs).toBeCloseTo(3141.592, 6);
    const without = await readResult(sharedLoadData('taurus', 'TaurusXMLReport.xml') ?? '', 'x');
    expect(reasonFor(without, 'duration')).toContain('TestDuration');
  });
});

const group = (label: string, inside: string): string => `<Group label="${label}">${inside}</Group>`;
const value = (name: string, amount: number | string, parameter?: string): string =>
  `<${name} value="${amount}"${parameter === undefined ? '' : ` param="${parameter}"`}><name>x</name></${name}>`;
const all = (more = value('perc', '0.05600', '95.0'), [succ, fail, throughput] = [9, 1, 10]): string =>
  value('succ', succ ?? 0) + value('fail', fail ?? 0) + value('throughput', throughput ?? 0) + value('avg_rt', 0.025) + more;
const xml = (inside: string): string => `<?xml version='1.0' encoding='UTF-8'?>\n<FinalStatus>\n${inside}\n</FinalStatus>\n`;
const read = (text: string) => readFiles({ 'final.xml': text });

test('percentiles are within a thousandth, and one that is not in the file is absent with the setting that adds it', async () => {
  const result = await read(xml(group('', all())));
  expect(result.all.latency).toMatchObject({ exactness: { kind: 'relative', by: 0.001 }, stepMs: 1, mean: 25, count: 10 });
  expect(reasonFor(result, 'p99')).toMatch(/the file has p95: .*percentiles/);
});

test('exceptions are unanswered, and one of a timeout is one', async () => {
  const codes = value('rc', 8, '200') + value('rc', 1, 'SocketTimeoutException') + value('rc', 1, 'ConnectException');
  const { all: counted } = await read(xml(group('', all(codes))));
  expect([counted.timeouts, counted.unanswered, [...(counted.statuses ?? [])]]).toEqual([1, 2, [[200, 8]]]);
});

test('a code that tells nothing leaves timeouts unknown', async () => {
  const result = await read(xml(group('', all(value('rc', 9, '200') + value('rc', 1, '')))));
  expect(result.all.timeouts).toBeUndefined();
  expect(reasonFor(result, 'timeouts')).toContain('not all response codes');
});

test.each([
  ['no group of all', xml(group('home', all())), 'no group with an empty label'],
  ['a count that is none', xml(group('', all('', [9, 1, Number.NaN]))), 'final.xml, line 3: “NaN” is no count (throughput)'],
  ['counts that do not add up', xml(group('', all('', [9, 2, 10]))), 'not as many as there were requests'],
  ['a time that is none', xml(group('', all(value('perc', 'NaN', '95.0')))), 'the time of a request, “NaN”, is no number'],
  ['no end', xml(group('', all())).replace('</FinalStatus>', ''), 'the file ends before `</FinalStatus>`'],
])('a report with %s is refused', async (_, text, message) => {
  await expect(read(text)).rejects.toThrow(message);
});
