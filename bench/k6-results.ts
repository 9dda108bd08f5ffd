import { closeSync, openSync, writeSync } from 'node:fs';

/** A file as `k6 run --out json` writes it, with values that vary, and what must be read from it. */
export interface K6Results {
  readonly requests: number;
  readonly failures: number;
  readonly timeouts: number;
  /** In milliseconds, ascending. */
  readonly durations: Float64Array;
}

const PARTS = ['blocked', 'connecting', 'tls_handshaking', 'sending', 'waiting', 'receiving'];
const PATHS = ['', 'login', 'cart', 'cart/items', 'search', 'orders/latest', 'profile', 'logout'];
const START = Date.parse('2026-01-02T03:04:05Z');

export function writeK6Results(path: string, bytes: number): K6Results {
  const durations: number[] = [];
  let failures = 0;
  let timeouts = 0;
  const random = randomNumbers(7);
  const file = openSync(path, 'w');
  let pending: string[] = [];
  let pendingLength = 0;
  let written = 0;
  const write = (line: string): void => {
    pending.push(line);
    pendingLength += line.length + 1;
    if (pendingLength < 1 << 20) return;
    written += writeSync(file, `${pending.join('\n')}\n`);
    pending = [];
    pendingLength = 0;
  };
  const point = (metric: string, time: string, value: number, tags: string): void =>
    write(`{"metric":"${metric}","type":"Point","data":{"time":"${time}","value":${value},"tags":${tags}}}`);
  const declared = new Set<string>();
  const sample = (metric: string, time: string, value: number, tags: string): void => {
    if (!declared.has(metric))
      write(
        `{"type":"Metric","data":{"name":"${metric}","type":"trend","contains":"time","thresholds":[],"submetrics":null},"metric":"${metric}"}`,
      );
    declared.add(metric);
    point(metric, time, value, tags);
  };
  for (let count = 0, microseconds = 0; written < bytes; count += 1) {
    microseconds += Math.ceil(random() * 2000);
    const fate = random();
    const [status, extra, failed] =
      fate < 0.001
        ? ['0', '"error":"request timeout","error_code":"1050",', 1]
        : fate < 0.02
          ? ['500', '"error_code":"1500",', 1]
          : ['200', '', 0];
    const value =
      status === '0'
        ? 60_000 + rounded(random())
        : rounded(20 * Math.exp(1.2 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(6.283185 * random())));
    const url = `https://shop.example.test/${PATHS[Math.floor(random() * PATHS.length)]}`;
    const tags = `{${extra}"expected_response":"${failed === 0}","group":"","method":"GET","name":"${url}","proto":"HTTP/2.0","scenario":"default","status":"${status}","tls_version":"tls1.3","url":"${url}"}`;
    const time = timeOf(microseconds);
    sample('http_reqs', time, 1, tags);
    sample('http_req_duration', time, value, tags);
    for (const part of PARTS) sample(`http_req_${part}`, time, rounded(random() * value), tags);
    sample('http_req_failed', time, failed, tags);
    sample('checks', timeOf(microseconds + 40), 1 - failed, '{"check":"status is 200","group":"","scenario":"default"}');
    durations.push(value);
    failures += failed;
    if (status === '0') timeouts += 1;
    if (count % 4 !== 3) continue;
    const ended = timeOf(microseconds + 90);
    const own = '{"group":"","scenario":"default"}';
    sample('data_sent', ended, 1234, own);
    sample('data_received', ended, 43_210 + (count % 1000), own);
    sample('iteration_duration', ended, rounded(4 * value), own);
    sample('iterations', ended, 1, own);
    if (count % 1000 !== 3) continue;
    sample('vus', ended, 50, '{}');
    sample('vus_max', ended, 50, '{}');
  }
  writeSync(file, `${pending.join('\n')}\n`);
  closeSync(file);
  return { requests: durations.length, failures, timeouts, durations: Float64Array.from(durations).sort() };
}

const rounded = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;

/** With microseconds, of which Go leaves out the last zeros. */
function timeOf(microseconds: number): string {
  const seconds = new Date(START + microseconds / 1000).toISOString().slice(0, 19);
  const fraction = String(microseconds % 1_000_000)
    .padStart(6, '0')
    .replace(/0+$/, '');
  return `${seconds}${fraction === '' ? '' : `.${fraction}`}+01:00`;
}

/** The same ones each time (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** By linear interpolation between the nearest two, as k6 and NumPy have it. */
export function percentileOf(ascending: Float64Array, percent: number): number {
  const rank = (percent / 100) * (ascending.length - 1);
  const below = ascending[Math.floor(rank)] ?? Number.NaN;
  const above = ascending[Math.ceil(rank)] ?? Number.NaN;
  return below + (above - below) * (rank - Math.floor(rank));
}
