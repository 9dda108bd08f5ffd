import { mkdtemp, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { MeasurementError } from '../checklist/errors.ts';
import type { Evidence } from '../checklist/model.ts';
import { formatDuration, formatNumber } from '../criteria/format.ts';
import { type Measurements, text } from '../criteria/value.ts';
import { amountTitle } from '../load/amount-title.ts';
import { findBaseline, recordRun } from '../load/baseline.ts';
import { comparisonTable } from '../load/comparison-table.ts';
import { loadEvidence } from '../load/evidence.ts';
import { generateLoad, type Scenario } from '../load/generator.ts';
import { hostsOutside } from '../load/hosts.ts';
import { type MeasuringRules, measurementsOf } from '../load/measurements.ts';
import { type ResultFile, readResults } from '../load/readers/results.ts';
import { type Recording, resultOf } from '../load/recording.ts';
import type { LoadResult, Settings } from '../load/result.ts';
import { scenarioOf } from '../load/scenario.ts';
import type { LoadSpec } from '../load/spec.ts';
import { type Stage, stagesTable } from '../load/stages.ts';
import { startArtillery } from '../load/tools/artillery.ts';
import { startCommand } from '../load/tools/command.ts';
import { startK6 } from '../load/tools/k6.ts';
import { startLocust } from '../load/tools/locust.ts';
import { runTool } from '../load/tools/run.ts';
import type { StartedTool } from '../load/tools/tool.ts';
import { crossedLimits, doubtsOf } from '../load/trust.ts';
import { findFiles } from './glob.ts';
import type { Baseline, Measured, ProbeContext } from './probe.ts';
import { namesSecret } from './secret-names.ts';

const DEFAULT_TIMEOUT_MS = 10_000;

/** Makes the load, or reads what made it, and measures it. */
export async function measureLoad(spec: LoadSpec, context: ProbeContext): Promise<Measured> {
  const { secrets } = context;
  if (spec.url !== undefined) secrets.addUrl(spec.url);
  for (const [name, value] of Object.entries(spec.run?.env ?? {})) if (namesSecret(name)) secrets.add(value);
  refuseHosts([spec.url, spec.run?.target], context);
  const rules = rulesOf(spec, context.wanted);
  const { result, evidence } = await produce(spec, rules, context);
  refuseHosts([result.settings.target, ...urlsOf(result)], context);
  const scenario = scenarioOf(result.tool, settingsOf(spec, result), spec.requests, spec.baseline?.scenario);
  const measurements = { ...measurementsOf(result, rules), scenario: { value: text(scenario) } };
  const baseline = spec.baseline === undefined ? undefined : await baselineFor(spec.baseline, scenario, measurements, context);
  return {
    measurements,
    evidence: [...evidence, ...changes(measurements, baseline), ...loadEvidence(result)],
    doubts: doubtsOf(result, spec.evidence?.['achieved-rate']),
    crossed: spec.evidence?.['own-limits'] === 'ignore' ? [] : crossedLimits(result),
    ...(baseline === undefined ? {} : { baseline }),
  };
}

const COMPARED = ['error_rate', 'rate', 'p50', 'p95', 'p99'];

/** What a reviewer looks at first, and what the criteria ask for. */
function changes(now: Measurements, baseline: Baseline | undefined): readonly Evidence[] {
  if (baseline === undefined || Object.keys(baseline.measurements).length === 0) return [];
  const names = new Set([...COMPARED, ...Object.keys(baseline.measurements).filter((name) => name.includes(' of "'))]);
  return [
    comparisonTable(
      now,
      baseline.measurements,
      [...names].filter((name) => name in now || name in baseline.measurements),
    ),
  ];
}

function rulesOf(spec: LoadSpec, wanted: ReadonlySet<string>): MeasuringRules {
  const least = spec.evidence?.['least-samples'];
  const expected = spec['expect-status'];
  const succeeds = expected === undefined && spec.url === undefined ? {} : { succeeds: succeedsBy(expected) };
  return { wanted, ...succeeds, ...(least === undefined ? {} : { leastSamples: least }) };
}

/** A plan of the base branch says which hosts may be loaded; a variable or a script of a pull request cannot add one. */
function refuseHosts(targets: readonly (string | undefined)[], { loadHosts }: ProbeContext): void {
  if (loadHosts === undefined) return;
  const known = targets.filter((target) => target !== undefined);
  const outside = hostsOutside(known, loadHosts);
  if (outside.length === 0) return;
  throw new MeasurementError(
    'permission_denied',
    `The load is aimed at ${outside.slice(0, 3).join(', ')}, which \`load-hosts\` does not allow: ${loadHosts.join(', ')}. Aim it at one of these, or add the host to the plan of the base branch.`,
  );
}

const urlsOf = ({ labels }: LoadResult): readonly string[] =>
  [...labels.keys()].flatMap((label) => /https?:\/\/[^\s"]+/.exec(label)?.[0] ?? []);

interface Produced {
  readonly result: LoadResult;
  readonly evidence: readonly Evidence[];
}

async function produce(spec: LoadSpec, rules: MeasuringRules, context: ProbeContext): Promise<Produced> {
  if (spec.stages !== undefined) return inStages(spec, spec.stages, rules, context);
  if (spec.url !== undefined) return { result: await generate(spec, rules, context), evidence: [] };
  if (spec.run !== undefined) return runInTool(spec, spec.run, rules, context);
  const { format, shards } = spec;
  const files = await resultFiles([spec.results ?? []].flat(), context);
  const result = await readResults(files, {
    ...(typeof format === 'string' ? { tool: format } : {}),
    ...(typeof format === 'object' ? { mapping: format } : {}),
    ...(shards === undefined ? {} : { shards }),
  });
  return { result, evidence: [] };
}

/** Loads one after the other; the first that does not meet the criteria is the last, and the one that is judged. */
async function inStages(
  spec: LoadSpec,
  stages: NonNullable<LoadSpec['stages']>,
  rules: MeasuringRules,
  context: ProbeContext,
): Promise<Produced> {
  const done: Stage[] = [];
  let result: LoadResult | undefined;
  for (const stage of stages) {
    const whole = { ...spec, ...stage };
    const told = (text: string) => context.progress(`stage ${done.length + 1} of ${stages.length}: ${text}`);
    result = await generate(whole, rules, { ...context, progress: told });
    const measurements = measurementsOf(result, rules);
    const met = context.meets?.(measurements) ?? true;
    done.push({ title: amountTitle(stage), measurements, met });
    if (!met) break;
  }
  if (result === undefined) throw new Error('There is no stage.');
  return { result, evidence: [stagesTable(done, stages.length)] };
}

async function generate(spec: LoadSpec, rules: MeasuringRules, context: ProbeContext): Promise<LoadResult> {
  const { clock, signal, progress, shouldStop } = context;
  const url = spec.url ?? '';
  const settings = settingsOf(spec);
  const enough = new AbortController();
  const recording = await generateLoad(requestsOf(spec, url), {
    clock,
    signal,
    enough: enough.signal,
    progress({ requests, failedToAnswer, p95, recording: sofar, sketch }) {
      const done =
        spec.requests === undefined ? formatNumber(requests) : `${formatNumber(requests)} of ${formatNumber(spec.requests)}`;
      const latency = p95 === undefined ? 'no answer in the last second' : `p95 ${formatDuration(p95)} in the last second`;
      const lost = failedToAnswer === 0 ? '' : `, ${formatNumber(failedToAnswer)} not answered`;
      progress(`${done} requests, ${latency}${lost}`);
      if (shouldStop?.(measurementsOf(resultOf(sofar, settings, sketch), rules))) enough.abort();
    },
  });
  refuseSilence(recording, url);
  return resultOf(recording, settings);
}

function requestsOf(spec: LoadSpec, url: string): Scenario {
  const body = spec.json === undefined ? spec.body : JSON.stringify(spec.json);
  return {
    url,
    amount: spec.requests === undefined ? { durationMs: spec.duration ?? 0 } : { requests: spec.requests },
    concurrency: spec.concurrency ?? 10,
    ...(spec.rate === undefined ? {} : { perSecond: spec.rate }),
    method: spec.method ?? 'GET',
    headers: { ...(spec.json === undefined ? {} : { 'content-type': 'application/json' }), ...spec.headers },
    ...(body === undefined ? {} : { body }),
    timeoutMs: spec.timeout ?? DEFAULT_TIMEOUT_MS,
  };
}

async function runInTool(
  spec: LoadSpec,
  run: NonNullable<LoadSpec['run']>,
  rules: MeasuringRules,
  context: ProbeContext,
): Promise<Produced> {
  const { exec, clock, signal, directory, progress, shouldStop, loadHosts } = context;
  if (loadHosts !== undefined && run.target === undefined && (run.artillery ?? run.locust) !== undefined) {
    const message = 'The plan has `load-hosts`, so say where this load goes: `run: { …, target: https://staging.example.com }`.';
    throw new MeasurementError('permission_denied', message);
  }
  const folder = await mkdtemp(join(context.temporaryDirectory, 'load-'));
  const { result, output } = await runTool(await startedTool(spec, run, folder, context), {
    exec,
    clock,
    signal,
    directory: resolve(directory, run.directory ?? '.'),
    ...(run.env === undefined ? {} : { env: run.env }),
    sofar(result) {
      const { requests = 0, failures = 0 } = result.all;
      const measurements = measurementsOf(result, { ...rules, wanted: new Set([...rules.wanted, 'p95']) });
      const p95 = measurements['p95']?.value;
      const latency =
        p95?.kind === 'quantity' && Number.isFinite(p95.amount) ? `, p95 ${formatDuration(p95.amount * 1000)} so far` : '';
      progress(`${formatNumber(requests)} requests${latency}${failures === 0 ? '' : `, ${formatNumber(failures)} failed`}`);
      return shouldStop?.(measurements) ?? false;
    },
  });
  return { result, evidence: output === undefined ? [] : [output] };
}

async function startedTool(
  spec: LoadSpec,
  { k6, artillery, locust, command = '', args = [], target }: NonNullable<LoadSpec['run']>,
  folder: string,
  context: ProbeContext,
): Promise<StartedTool> {
  const run = (script: string) => ({ script, args, target, folder });
  if (k6 !== undefined) return startK6(run(k6));
  if (artillery !== undefined) return startArtillery(run(artillery));
  if (locust !== undefined) return startLocust(run(locust));
  const patterns = [spec.results ?? []].flat();
  // Made just now; by the same clock as the files that the command is going to write.
  const { mtimeMs: since } = await stat(folder);
  return startCommand(command, async () => {
    const files = await resultFiles(patterns, context);
    await refuseStale(files, since);
    return files;
  });
}

/** What an earlier run left must not be read in place of what this one did not write. */
async function refuseStale(files: readonly ResultFile[], since: number): Promise<void> {
  for (const { path, name } of files) {
    if ((await stat(path)).mtimeMs >= since) continue;
    throw new MeasurementError(
      'unreadable',
      `${name} is older than this run, so it is not its result. Let the command write it, and remove what earlier runs left.`,
    );
  }
}

async function resultFiles(patterns: readonly string[], { directory }: ProbeContext): Promise<readonly ResultFile[]> {
  const files: ResultFile[] = [];
  for (const pattern of patterns) {
    const found = await findFiles(pattern, directory);
    if (found.length === 0) {
      throw new MeasurementError(
        'not_found',
        `No file is named ${pattern}, so there are no results to judge. Check the path, which starts at the root of the repository, and that the load test ran and its results were brought here.`,
      );
    }
    files.push(...found.map((path) => ({ path, name: relative(directory, path) || path })));
  }
  return files;
}

function settingsOf({ url, rate, duration, concurrency = 10, run }: LoadSpec, result?: LoadResult): Settings {
  if (url === undefined) return { ...result?.settings, ...(run?.target === undefined ? {} : { target: run.target }) };
  return {
    target: url,
    users: concurrency,
    ...(rate === undefined ? {} : { ratePerS: rate }),
    ...(duration === undefined ? {} : { durationMs: duration }),
  };
}

async function baselineFor(
  spec: NonNullable<LoadSpec['baseline']>,
  scenario: string,
  measurements: Measurements,
  { clock, directory, itemId, pastReports }: ProbeContext,
): Promise<Baseline> {
  const found = await findBaseline(spec, scenario, { directory, itemId, pastReports });
  return { ...found, record: () => recordRun(spec, { scenario, at: clock.now(), measurements }, { directory }) };
}

function succeedsBy(expected: LoadSpec['expect-status']): (status: number) => boolean {
  if (expected === undefined) return (status) => status >= 200 && status < 400;
  const patterns = (Array.isArray(expected) ? expected : [expected]).map((one) => String(one).replace('xx', ''));
  return (status) => patterns.some((pattern) => String(status).startsWith(pattern));
}

/** A host that never took a connection was not measured at all. Timeouts were: the host is there and does not answer. */
function refuseSilence({ latencies, timeouts, faults }: Recording, url: string): void {
  if (latencies.count > 0 || timeouts > 0) return;
  const { host } = new URL(url);
  const [only, ...others] = faults.keys();
  if (only === undefined || others.length > 0) return;
  if (only === 'refused' || only === 'unreachable') {
    throw new MeasurementError(
      'connection_refused',
      `${host} refused every connection: nothing listens there. Start the service, or correct the URL.`,
      {
        retryable: true,
      },
    );
  }
  if (only === 'host not found') {
    throw new MeasurementError(
      'host_not_found',
      `${host} was not found: its name does not resolve. Correct the URL, or check that this machine can see it.`,
    );
  }
  if (only === 'TLS') {
    throw new MeasurementError(
      'tls_invalid',
      `${host} took no TLS connection. Check that the URL’s scheme and port belong together.`,
    );
  }
}
