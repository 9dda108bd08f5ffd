import { describe, expect, test } from 'vitest';
import { readResult } from '../../../src/load/readers/read.ts';
import { sharedLoadData } from '../../support/shared-data.ts';
import { readFiles } from './result-files.ts';

describe.skipIf(sharedLoadData('molotov') === undefined)('a file of a tool that is not read is refused by its name', () => {
  test.each([
    ['molotov/molotov-report.csv', 'a report of Molotov'],
    ['tsung/tsung.log', 'Tsung’s tsung.log'],
    ['iago/IagoResults.log', 'a log of Iago'],
    ['locust/hub_stats_history.csv', 'Give `_stats.csv`, and leave this file beside it'],
    ['locust/hub_exceptions.csv', 'errors of the test script only'],
  ])('%s', async (name, message) => {
    await expect(readResult(sharedLoadData(name) ?? '', name)).rejects.toThrow(message);
  });
});

test('Locust’s failures alone are refused', async () => {
  await expect(readFiles({ 'run_failures.csv': 'Method,Name,Error,Occurrences,First Seen,Last Seen\n' })).rejects.toThrow(
    'Give `_stats.csv`',
  );
});

test('Tsung’s older log is known too', async () => {
  await expect(readFiles({ 'tsung.log': '# stats: dump at 1218093520\nstats: users 247 247\n' })).rejects.toThrow('tsung.log');
});

test('a text in UTF-16 is refused with how to write it', async () => {
  const text = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('timeStamp,elapsed,label,success\n', 'utf16le')]);
  await expect(readFiles({ 'results.jtl': text })).rejects.toThrow('Out-File -Encoding utf8');
});
