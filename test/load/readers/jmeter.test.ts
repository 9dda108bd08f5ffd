import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readResult } from '../../../src/load/readers/read.ts';
import { sharedLoadData } from '../../support/shared-data.ts';
import { expectedOf, FIXTURES_ARE_THERE, percentiles, readFiles, readFixture, reasonFor, shownAs } from './result-files.ts';

const HEADER =
  'timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,failureMessage,bytes,sentBytes,grpThreads,allThreads,URL,Latency,IdleTime,Connect';
const row = (elapsed: number | string, label = 'home', code = '200', success = true, at = 1_700_000_000_000): string =>
  `${at},${elapsed},${label},${code},OK,T 1-1,text,${success},,10,5,1,1,http://shop.test/,1,0,0`;
const jtl = (...rows: readonly string[]): string => [HEADER, ...rows, ''].join('\n');
const read = (text: string) => readFiles({ 'results.jtl': text });

describe.skipIf(!FIXTURES_ARE_THERE)('a JTL that JMeter wrote', () => {
  test.each([
    'healthy.jtl',
    'semicolon.jtl',
    'no-header.jtl',
    'formatted-time.jtl',
    'stalling.jtl',
    'dead.jtl',
    'flat.xml',
    'nested.xml',
    'stalling-flat.xml',
  ])('%s has the figures of its lines, without transactions', async (name) => {
    const result = await readFixture(`jmeter/${name}`);
    expect(shownAs(result)).toEqual(expectedOf(`jmeter/${name}`));
    expect(result.labels.get('visit')?.requests).toBeGreaterThan(0);
  });

  test('has its users and its one target', async () => {
    const { settings } = await readFixture('jmeter/healthy.jtl');
    expect(settings).toEqual({ users: 4, target: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
  });

  test('has as many requests, failures and as much time as its statistics.json', async () => {
    const [{ all: lines }, { all: summed }] = await Promise.all([
      readFixture('jmeter/healthy.jtl'),
      readFixture('jmeter/healthy.statistics.json'),
    ]);
    expect([summed.requests, summed.failures, summed.ratePerS]).toEqual([lines.requests, lines.failures, lines.ratePerS]);
    expect(Math.round(summed.durationMs ?? 0)).toBe(lines.durationMs);
  });

  test('refused connections are unanswered and no timeouts', async () => {
    const { all } = await readFixture('jmeter/dead.jtl');
    expect([all.unanswered, all.timeouts, [...(all.errors ?? [])]]).toEqual([40, 0, [['HttpHostConnectException', 40]]]);
  });
});

describe.skipIf(sharedLoadData('jmeter') === undefined)('a JTL from the wild', () => {
  // Worked out in Python: rows without transactions, linear interpolation.
  test.each([
    ['jenkins-filewithtransactions.csv', 210, 0, [792, 1864.75, 2398.43], 116_768],
    ['taurus-kpi-pair1.jtl', 6, 5, [82, 192.25, 206.45], 712],
    ['taurus-simple.kpi.jtl', 6, 3, [154.5, 4927.25, 6168.65], 7212],
    ['taurus-quote-guessing-crash.jtl', 10, 0, [407, 1629.4, 2035.48], 6597],
    ['jenkins-JMeterPublisher.csv', 3, 1, [1300, 1930, 1986], 2001],
    ['jenkins-JMeterPublisher_formatted_timeStamp.csv', 3, 1, [1300, 1930, 1986], 2001],
    ['jenkins-multiLineCSV.jtl', 2, 1, [1008, 1809, 1880.2], 2049],
    ['jenkins-whitespace-followed-by-xml.jtl', 8, 0, [549.5, 15488.3, 15819.26], 177_150],
    ['taurus-unicode-reqs.jtl', 2, 0, [348.5, 477.65, 489.13], 38_387],
  ])('%s', async (name, requests, failures, at, duration) => {
    const { all } = await readResult(sharedLoadData('jmeter', name) ?? '', name);
    expect([all.requests, all.failures, percentiles(all), all.durationMs]).toEqual([requests, failures, at, duration]);
  });

  test('of a plugin that writes each field as an element', async () => {
    const { all, labels } = await readResult(sharedLoadData('jmeter', 'taurus-nonstandard-unicode.jtl') ?? '', 'x');
    expect([all.requests, all.failures, [...(all.statuses ?? [])], [...labels.keys()]]).toEqual([
      3,
      3,
      [[500, 3]],
      ['http://unknown.host/'],
    ]);
  });

  test('of transactions only has no requests, and says which box to untick', async () => {
    const { all, notes } = await readResult(sharedLoadData('jmeter', 'taurus-tranctl.jtl') ?? '', 'x');
    expect(all.requests).toBe(0);
    expect(notes.join('\n')).toContain('Generate parent sample');
  });
});

describe('a JTL as CSV', () => {
  test('tells timeouts from refused connections, and keeps the time of both apart', async () => {
    const late = 'Non HTTP response code: java.net.SocketTimeoutException';
    const { all, population } = await read(
      jtl(
        row(10),
        row(5000, 'home', late, false),
        row(5000, 'home', 'Non HTTP response code: org.apache.http.conn.ConnectTimeoutException', false),
        row(1, 'home', 'Non HTTP response code: org.apache.http.conn.HttpHostConnectException', false),
        row(2, 'home', 'Non HTTP response code: java.net.UnknownHostException', false),
      ),
    ).then((result) => ({ all: result.all, population: result.all.population }));
    expect([all.requests, all.failures, all.timeouts, all.unanswered]).toEqual([5, 4, 2, 4]);
    expect(all.latency).toMatchObject({ answered: [{ count: 1, max: 10 }], unanswered: [{ count: 4, max: 5000 }] });
    expect(population).toEqual({ failures: true, timeouts: true });
  });

  test('counts a connection that the system gave up as a timeout, by its message', async () => {
    const given = row(60_000, 'home', 'Non HTTP response code: org.apache.http.conn.HttpHostConnectException', false);
    const { all } = await read(
      jtl(given.replace(',OK,', ',Non HTTP response message: Connect to x failed: Connection timed out,')),
    );
    expect([all.timeouts, all.unanswered]).toEqual([1, 1]);
  });

  test('leaves transactions out where only type and URL tell them', async () => {
    const header = HEADER.replace('responseMessage,', '');
    const rows = [row(10), row(30).replace(',text,', ',,').replace('http://shop.test/', 'null')].map((each) =>
      each.replace(',OK,', ','),
    );
    const { all, labels } = await read([header, ...rows, ''].join('\n'));
    expect([all.requests, labels.get('home (transaction)')?.requests]).toEqual([1, 1]);
  });

  test('says that transactions cannot be told where neither message nor type is saved', async () => {
    const { notes } = await read('timeStamp,elapsed,label,success\n1700000000000,5,home,true\n');
    expect(notes.join()).toContain('cannot be told from requests');
  });

  test('has absent what its columns do not hold, with the property that adds it', async () => {
    const result = await read('elapsed\tlabel\tsuccess\n5\thome\ttrue\n7\thome\tfalse\n');
    expect([result.all.requests, result.all.failures, result.all.timeouts, result.all.statuses]).toEqual([
      2,
      1,
      undefined,
      undefined,
    ]);
    expect(reasonFor(result, 'timeouts')).toContain('jmeter.save.saveservice.response_code=true');
    expect(reasonFor(result, 'status.503')).toContain('jmeter.save.saveservice.response_code=true');
    expect(reasonFor(result, 'duration')).toContain('jmeter.save.saveservice.timestamp_format=ms');
    expect(reasonFor(result, 'rate')).toContain('timestamp_format=ms');
    expect(reasonFor(result, 'bytes')).toContain('jmeter.save.saveservice.bytes=true');
  });

  test('has no failures where nothing tells them', async () => {
    const result = await read('timeStamp,elapsed,label\n1700000000000,5,home\n');
    expect(result.all.failures).toBeUndefined();
    expect(reasonFor(result, 'failures')).toContain('jmeter.save.saveservice.successful=true');
  });

  test('counts failures by the statuses where success is not saved', async () => {
    const { all, notes } = await read(
      'timeStamp,elapsed,label,responseCode\n1700000000000,5,home,503\n1700000000001,5,home,200\n',
    );
    expect(all.failures).toBe(1);
    expect(notes.join()).toContain('statuses of 400 and more');
  });

  test('has no duration where its times can be read in two ways', async () => {
    const result = await read(jtl(row(5).replace('1700000000000', '02/03/14 07:42:21')));
    expect(result.all.durationMs).toBeUndefined();
    expect(reasonFor(result, 'duration')).toContain('more than one way');
    expect(result.overTime).toEqual([]);
  });

  test('with a header only has no requests', async () => {
    const { all } = await read(`${HEADER}\n`);
    expect([all.requests, percentiles(all)]).toEqual([0, [undefined, undefined, undefined]]);
  });

  test('takes a cut last line for what it is, and says so', async () => {
    const { all, notes } = await read(`${jtl(row(5))}1700000000009,7,"ho`);
    expect(all.requests).toBe(1);
    expect(notes.join()).toContain('the last line was cut off');
  });

  test('takes a last line for cut where its last figure may be', async () => {
    const { all, notes } = await read('timeStamp,label,success,elapsed\n1700000000000,home,true,512\n1700000000001,home,true,51');
    expect(all.requests).toBe(1);
    expect(notes.join()).toContain('the last line was cut off');
  });

  test('whose last line has no line break may be cut off, and says so', async () => {
    const { all, notes } = await read(jtl(row(5)).trimEnd());
    expect([all.requests, notes.join()]).toEqual([1, expect.stringContaining('may have been cut off')]);
  });

  test('says when its labels are not in UTF-8', async () => {
    const { notes } = await readFiles({ 'results.jtl': Buffer.from(jtl(row(5, 'Käufe')), 'latin1') });
    expect(notes.join()).toContain('labels are not in UTF-8');
  });

  test.each([
    [
      'a cut line in the middle',
      jtl(row(5), '1700000000009,7,ho', row(6)),
      'results.jtl, line 3: 3 cells, where 17 were expected',
    ],
    ['a time that is none', jtl(row(5), row('NaN')), 'line 3: the time of a request, “NaN”, is no number'],
    ['no time', jtl(row('')), 'line 2: the time of a request, “”, is no number'],
    ['a negative time', jtl(row(-1)), 'line 2: the time of a request, “-1”, is negative'],
    ['a time of more than a day', jtl(row(86_400_001)), 'line 2: the time of a request, “86400001”, is more than 24 hours'],
    ['neither true nor false', jtl(row(5).replace('true', 'maybe')), 'line 2: the column success holds “maybe”'],
    ['another header further down', `${jtl(row(5))}${jtl(row(6))}`, 'line 3: the time of a request, “elapsed”, is no number'],
    [
      'times written in two ways',
      jtl(row(5), row(5).replace('1700000000000', '2014-02-24 07:42:21.256')),
      'line 3: the timeStamp is “2014-02-24',
    ],
  ])('with %s is refused', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  test('may be packed, and end its lines with CRLF', async () => {
    const { all } = await readFiles({ 'results.jtl.gz': gzipSync(jtl(row(5), row(7)).replaceAll('\n', '\r\n')) });
    expect([all.requests, all.latency]).toMatchObject([2, { answered: [{ sum: 12 }] }]);
  });

  test('shows no secret of a URL that is a label', async () => {
    const { labels } = await read(jtl(row(5, 'http://me:pw@shop.test/?token=abc&page=2')));
    expect([...labels.keys()]).toEqual(['http://shop.test/?token=…&page=2']);
  });

  test('has no target when requests went to several', async () => {
    const { settings } = await read(jtl(row(5), row(5).replace('http://shop.test/', 'http://shop.test:81/')));
    expect(settings.target).toBeUndefined();
  });
});

describe('a JTL as XML', () => {
  const xml = (inside: string): string => `<?xml version="1.0" encoding="UTF-8"?>\n<testResults version="1.2">\n${inside}`;
  const sample = (t: number, more = ''): string =>
    `<httpSample t="${t}" ts="1700000000000" s="true" lb="a &amp; b" rc="200" rm="OK" by="3"${more}`;
  const transaction = `<sample t="50" ts="1700000000000" s="true" lb="visit" rc="200" rm="Number of samples in transaction : 2, number of failing samples : 0" by="6"`;

  test('counts the requests in a transaction once, and embedded resources not at all', async () => {
    const { all, labels, notes } = await read(
      xml(`${transaction}>${sample(20)}>${sample(15)}/></httpSample>${sample(30)}/></sample>\n</testResults>`),
    );
    expect([all.requests, percentiles(all)[0], [...labels.keys()]]).toEqual([2, 25, ['a & b', 'visit']]);
    expect(notes.join('\n')).toContain(
      'samples inside requests, such as embedded resources and redirects, are not counted again (1)',
    );
  });

  test('of a run that was stopped has what was written, and says so', async () => {
    const { all, notes } = await read(xml(`${sample(20)}/>\n${sample(30)}>\n<java.net.URL>http://sh`));
    expect(all.requests).toBe(1);
    expect(notes.join()).toContain(
      'the file ends before `</testResults>`, as when JMeter is stopped while it writes; the last sample is not counted',
    );
  });

  test.each([
    ['no number', xml(`<httpSample t="x" ts="1"/>`), 'results.jtl, line 3: the time of a request, “x”, is no number'],
    ['no time', xml(`<httpSample ts="1" lb="a"/>`), 'line 3: a sample without its time'],
  ])('with %s is refused', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });
});

describe('a statistics.json', () => {
  const entry = (name: string, sampleCount: number) => ({
    transaction: name,
    sampleCount,
    errorCount: 1,
    meanResTime: 20.5,
    medianResTime: 12,
    minResTime: 1,
    maxResTime: 90,
    pct1ResTime: 30,
    pct2ResTime: 40,
    pct3ResTime: 50,
    throughput: 10,
  });
  const document = (count: number): string => JSON.stringify({ Total: entry('Total', count), home: entry('home', count) });

  test('has its median and extremes, but no percentile that it does not name', async () => {
    const result = await readFiles({ 'statistics.json': document(100) });
    expect(percentiles(result.all)).toEqual([12, undefined, undefined]);
    expect(result.all).toMatchObject({
      requests: 100,
      failures: 1,
      ratePerS: 10,
      durationMs: 10_000,
      latency: { min: 1, mean: 20.5, max: 90 },
    });
    expect(reasonFor(result, 'p95')).toContain('jmeter -l results.jtl');
    expect(reasonFor(result, 'timeouts')).toContain('does not count timeouts');
  });

  test('has no median either when it is only of the last 20 000 samples', async () => {
    const result = await readFiles({ 'statistics.json': document(20_001) });
    expect(percentiles(result.all)[0]).toBeUndefined();
    expect(reasonFor(result, 'p50')).toContain('the last 20000 samples only');
  });
});
