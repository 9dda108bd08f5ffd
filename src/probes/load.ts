import { amountTitle } from '../load/amount-title.ts';
import { promisedByLoad } from '../load/promised.ts';
import { type LoadSpec, loadSchema } from '../load/spec.ts';
import { defineProbe } from './probe.ts';

export const load = defineProbe<LoadSpec>({
  name: 'load',
  summary:
    'A load test: made here on a URL, or by k6, Artillery, Locust or any command, or read from the results of the tool that made it. Runs alone, so that no other item shares the machine.',
  schema: loadSchema,
  documented: {
    requests: 'Requests made, whatever became of them.',
    successes: 'Answers with an expected status, or by the tool’s own count.',
    failures: 'All other requests: unexpected statuses, timeouts, connection errors.',
    timeouts:
      'Requests that were given up unanswered. Some tools do not tell; then this is an error that says which option does.',
    errors: 'Requests that ended in a connection error: refused, reset, closed without an answer.',
    success_rate: 'successes / requests (ratio).',
    error_rate: 'failures / requests (ratio).',
    'p95, p99.9, …':
      'Any percentile of the latencies (time). Where each request is known it is exact, by linear interpolation between the two nearest ranks, as k6 and NumPy do; else the tool’s own, and one that is not in its file is an error. Absent when nothing was answered.',
    'p95.with_timeouts, …': 'The same with each timeout and connection error counted as infinitely slow (time).',
    'p95 of "POST /bookings", …': 'Any of these figures for one label: a request’s name, URL or transaction, as the tool has it.',
    min: 'The fastest answer (time).',
    mean: 'The mean of all latencies (time).',
    max: 'The slowest answer (time).',
    rate: 'Answers (of other tools: requests) a second.',
    throughput: 'Successful answers a second.',
    bytes: 'Received: headers and bodies (bytes).',
    duration: 'From the first request to the end of the last (time).',
    'status.200, status.5xx, …': 'Answers with this status, or of this class.',
    checks: 'The share of k6’s checks that passed (ratio); `checks of "status is 200"` for one.',
    dropped_iterations: 'Iterations that an open model should have started and did not.',
    failed_thresholds: 'The tool’s own limits that were crossed.',
    scenario: 'What was tested, in words: only runs of one scenario are compared (text).',
  },
  example: 'load: { url: "https://api-staging.example.com/plans", requests: 1000, concurrency: 50 }',
  exclusive: true,
  live: true,
  defaultLimitMs: 30 * 60_000,
  title: titleOf,
  comparesWithBaseline: ({ baseline }) => baseline !== undefined,
  provides: () => promisedByLoad(),
  async measure(spec, context) {
    // Readers, generator and tools are loaded only by a plan that has a load test.
    const { measureLoad } = await import('./load-measure.ts');
    return measureLoad(spec, context);
  },
});

function titleOf({ url, stages, results, run, ...spec }: LoadSpec): string {
  if (stages !== undefined) return `Load in ${stages.length} ${stages.length === 1 ? 'stage' : 'stages'}`;
  if (url !== undefined) return amountTitle(spec);
  const script = run?.k6 ?? run?.artillery ?? run?.locust;
  if (script !== undefined) return `Load by ${run?.k6 ? 'k6' : run?.artillery ? 'Artillery' : 'Locust'}: ${script}`;
  if (run?.command !== undefined) return `$ ${run.command.split('\n', 1)[0]}`;
  return `Load test results ${[results].flat().join(', ')}`;
}
