import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** A child process of load-results.ts: the same figures in the way that comes to mind first, a line at a time as JSON. */
const labels = new Map<string, { requests: number; failures: number; timeouts: number; durations: number[] }>();
for await (const line of createInterface({ input: createReadStream(process.argv[2] ?? '') })) {
  const { metric, type, data } = JSON.parse(line);
  if (type !== 'Point' || !/^http_(?:reqs|req_duration|req_failed)$/.test(metric)) continue;
  const { method, name, error_code } = data.tags;
  const key = `${method} ${name}`;
  const label = labels.get(key) ?? { requests: 0, failures: 0, timeouts: 0, durations: [] };
  labels.set(key, label);
  if (metric === 'http_reqs') label.requests += data.value;
  if (metric === 'http_req_failed') label.failures += data.value;
  if (metric !== 'http_req_duration') continue;
  label.durations.push(data.value);
  if (error_code === '1050' || error_code === '1211') label.timeouts += 1;
}
const all = Float64Array.from([...labels.values()].flatMap(({ durations }) => durations)).sort();
const sum = (of: (label: { requests: number; failures: number; timeouts: number }) => number): number =>
  [...labels.values()].reduce((total, label) => total + of(label), 0);
console.log(
  JSON.stringify({
    requests: sum(({ requests }) => requests),
    failures: sum(({ failures }) => failures),
    timeouts: sum(({ timeouts }) => timeouts),
    p95: all[Math.floor(0.95 * (all.length - 1))],
    labels: [...labels].map(([label, { durations }]) => [label, durations.length]),
  }),
);
