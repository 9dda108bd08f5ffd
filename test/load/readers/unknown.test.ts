import { describe, expect, it } from 'vitest';
import { sharedLoadData } from '../../support/shared-data.ts';
import { fixture, readFixture, readText, refusal } from './reading.ts';

const BENCHER = sharedLoadData('bencher', 'bmf-latency.json');
const HYPERFOIL = sharedLoadData('hyperfoil', 'customSla.hf.yaml');
const TABLE = fixture('autocannon', 'histograms.stdout.txt');

describe('a file that is no result', () => {
  it.skipIf(BENCHER === undefined)('is called what it looks like: Bencher’s metric format', async () => {
    expect(await refusal(readFixture(BENCHER))).toContain('Bencher’s metric format: figures of benchmarks, without requests');
  });

  it.skipIf(HYPERFOIL === undefined)('is called what it looks like: a benchmark of Hyperfoil', async () => {
    expect(await refusal(readFixture(HYPERFOIL))).toContain('a benchmark of Hyperfoil, which says what to run');
  });

  it.skipIf(TABLE === undefined)('is called what it looks like: autocannon’s table', async () => {
    expect(await refusal(readFixture(TABLE))).toContain('Give what `autocannon -j` prints');
  });

  it('is called what it looks like: oha’s summary for people', async () => {
    expect(await refusal(readText('Summary:\n  Success rate:\t100.00%\n  Total:\t1.2 secs\n'))).toContain('--output-format json');
  });
});
