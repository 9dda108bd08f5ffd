import * as z from 'zod';
import type { Scope } from '../../criteria/check.ts';
import { namedTerms } from '../../criteria/tree.ts';
import { DIMENSION, type Promised } from '../../criteria/value.ts';
import { durationMs } from '../../probes/duration.ts';
import type { BoundProbe } from '../../probes/probe.ts';
import type { BoundRollout } from '../../tasks/rollout.ts';
import { checkNames, planned, promisedByVariables, type ReadCriterion, readCriteria } from '../criteria.ts';
import { found } from '../issue-words.ts';
import { once } from '../once.ts';
import type { Path } from '../path.ts';
import { isRecord } from '../plain-data.ts';
import type { CanaryPlan, CanaryStep } from '../plan.ts';
import { readPolicy } from '../policy.ts';
import { bindProbe, chooseOne, readProbe } from '../probe.ts';
import type { Reader } from '../reader.ts';
import { meaningOf, namesFor, type Provider } from '../references.ts';
import { keysAt } from '../schema-keys.ts';
import { criteriaFields, durationText, policySchema } from './check.ts';
import { optionNames, unknownOption } from './rollback.ts';

const AT = ['canary'];
const LONGEST_EVERY_MS = 30_000;

/** What a hold itself knows, beside its metrics: the weight of its step. */
const CANARY_NAMES: Readonly<Record<string, Promised>> = { weight: DIMENSION.ratio };

const stepSchema = once(() =>
  z.strictObject({
    weight: z
      .string('Expected a share of the traffic in percent, such as `10%`.')
      .regex(/^\s*\d+(\.\d+)?\s*%\s*$/, 'Expected a share of the traffic in percent, such as `10%`.')
      .describe('The canary’s share of the traffic: `10%`.'),
    hold: durationText().describe('How long it must stay inside the limits: `2h`.'),
  }),
);

export const canaryFields = once(() => ({
  rollout: z.unknown().describe('What shifts the traffic.'),
  metrics: z.unknown().describe('What is measured of the canary, at each poll.'),
  control: z
    .unknown()
    .describe('The same of the stable version, as baseline. Default: the metrics before the first step.')
    .optional(),
  steps: z
    .array(stepSchema())
    .min(1)
    .describe('Weights and how long each is held: `[{ weight: 10%, hold: 2h }, { weight: 100%, hold: 24h }]`.'),
  every: durationText()
    .describe('The time between two polls. Default: 30s, or a quarter of the shortest hold when that is less.')
    .optional(),
  ...criteriaFields(),
  policy: policySchema().describe('What a poll that is not known to be good does to the gate.').optional(),
  'on-abort': z.string().describe('`rollback`, or `rollback <option>`: carried out after the traffic was taken back.').optional(),
}));

const canarySchema = once(() =>
  z.strictObject({ ...canaryFields(), rollout: z.unknown().optional(), metrics: z.unknown().optional() }),
);

export function readCanary(reader: Reader): CanaryPlan | undefined {
  const { filled, problems } = reader;
  const value = filled.value(AT);
  const raw = reader.shapes.parse(canarySchema(), { value, origin: (path) => [...AT, ...path], name: 'canary' });
  if (!isRecord(value)) return undefined;
  const rollout = readRollout(value['rollout'], reader);
  const metrics = readMetrics(value['metrics'], 'metrics', reader);
  const control = value['control'] === undefined ? [] : readMetrics(value['control'], 'control', reader);
  if (raw === undefined) return undefined;
  const steps = readSteps(raw.steps, reader);
  const criteria = readCriteria(raw, AT, reader);
  if (raw.expect === undefined && raw.abort === undefined) {
    problems.add(
      'A canary without `expect` or `abort` would let everything pass. Add limits: `expect: [error_rate < 1%]`.',
      filled.keyPosition(AT),
    );
  }
  for (const criterion of criteria) checkCanaryNames(criterion, metrics, control, reader);
  const option = readOnAbort(raw['on-abort'], reader);
  if (rollout === undefined || metrics.includes(undefined) || control.includes(undefined)) return undefined;
  const shortest = Math.min(...steps.map(({ holdMs }) => holdMs));
  return {
    rollout,
    metrics: metrics.filter((probe) => probe !== undefined),
    control: control.filter((probe) => probe !== undefined),
    steps,
    everyMs:
      raw.every === undefined
        ? Math.max(1, Math.min(LONGEST_EVERY_MS, Math.floor(shortest / 4)))
        : readEvery(raw.every, shortest, reader),
    criteria: criteria.map((criterion) => planned(criterion, reader)),
    policy: readPolicy(raw.policy, reader.policy),
    position: filled.keyPosition(AT),
    ...(option === undefined ? {} : { onAbort: option }),
  };
}

/** `{ <driver>: value, …siblings }`: the value itself when it is a mapping, else `{ target: value, …siblings }`. */
function readRollout(raw: unknown, reader: Reader): BoundRollout | undefined {
  const { filled, problems, shapes, registries } = reader;
  const at = [...AT, 'rollout'];
  if (!isRecord(raw)) {
    const [first] = registries.rollouts;
    const example = first === undefined ? '' : `, such as \`${first.example}\``;
    problems.add(
      raw === undefined
        ? `\`canary\` needs \`rollout\`: what shifts the traffic${example}.`
        : `Expected a mapping with a rollout driver, found ${found(raw)}.`,
      filled.position(at),
    );
    return undefined;
  }
  const known = registries.rollouts.find(({ name }) => Object.hasOwn(raw, name));
  const value = known === undefined ? undefined : raw[known.name];
  const named = known !== undefined && !isRecord(value) && keysAt(known.schema, []).includes('target');
  const beside = named ? keysAt(known.schema, []).filter((key) => key !== 'target') : [];
  const chosen = chooseOne(raw, registries.rollouts, { what: 'rollout driver', owner: 'A rollout', beside, path: at }, reader);
  if (chosen === undefined) return undefined;
  const { entry, name } = chosen;
  const { [name]: target, ...siblings } = raw;
  const kept = Object.fromEntries(Object.entries(siblings).filter(([key]) => beside.includes(key)));
  const origin = (path: Path): Path => {
    if (!named) return [...at, name, ...path];
    return path[0] === 'target' || path[0] === undefined ? [...at, name] : [...at, ...path];
  };
  return shapes.attempt((spec) => entry.bind(spec), entry.schema, { value: named ? { target, ...kept } : target, origin, name });
}

/** Probe entries; undefined stands for one whose spec is wrong. */
function readMetrics(raw: unknown, key: 'metrics' | 'control', reader: Reader): readonly (BoundProbe | undefined)[] {
  const { filled, problems } = reader;
  const at = [...AT, key];
  if (Array.isArray(raw) && raw.length > 0) return raw.map((entry: unknown, index) => readMetric(entry, [...at, index], reader));
  if (isRecord(raw)) return [readMetric(raw, at, reader)];
  const message =
    raw === undefined
      ? `\`canary\` needs \`${key}\`: what is measured of the canary, such as \`{ prometheus: "\${PROMETHEUS_URL}", queries: { p95: "…" } }\`.`
      : `Expected a probe, or a list of them, found ${found(raw)}.`;
  problems.add(message, filled.position(at));
  return [undefined];
}

/** `{ prometheus: "<url>", queries: {…} }`, or any probe as in an item. */
function readMetric(raw: unknown, path: Path, reader: Reader): BoundProbe | undefined {
  if (!isRecord(raw)) {
    reader.problems.add(`Expected a probe such as \`http: { url: … }\`, found ${found(raw)}.`, reader.filled.position(path));
    return undefined;
  }
  const prometheus = reader.registries.probes.find(({ name }) => name === 'prometheus');
  if (prometheus === undefined || typeof raw['prometheus'] !== 'string') return readProbe(raw, [], path, reader)?.probe;
  const { prometheus: url, ...rest } = raw;
  const origin = (inner: Path): Path => (inner[0] === 'url' ? [...path, 'prometheus'] : [...path, ...inner]);
  return bindProbe({ url, ...rest }, prometheus, origin, reader);
}

function readSteps(
  raw: readonly { readonly weight: string; readonly hold: string }[],
  { filled, problems }: Reader,
): readonly CanaryStep[] {
  let before = 0;
  return raw.map(({ weight, hold }, index) => {
    const path = [...AT, 'steps', index];
    const percent = Number.parseFloat(weight);
    const holdMs = durationMs(hold);
    if (percent <= 0 || percent > 100)
      problems.add(
        `A weight is more than 0 % and at most 100 %, and this is ${weight.trim()}.`,
        filled.position([...path, 'weight']),
      );
    else if (percent <= before)
      problems.add(
        `Weights increase from step to step: ${weight.trim()} comes after ${before}%.`,
        filled.position([...path, 'weight']),
      );
    if (holdMs <= 0) problems.add('A step must be held for some time: `hold: 10m`.', filled.position([...path, 'hold']));
    if (percent <= 100) before = Math.max(before, percent);
    return { weight: percent / 100, holdMs, position: filled.position(path) };
  });
}

function readEvery(every: string, shortestMs: number, { filled, problems }: Reader): number {
  const everyMs = durationMs(every);
  const at = filled.position([...AT, 'every']);
  if (everyMs <= 0) problems.add('The time between two polls is longer than zero: `every: 30s`.', at);
  else if (everyMs > shortestMs)
    problems.add('The shortest hold would be over before its second poll. Make `every` shorter.', at);
  return everyMs;
}

function checkCanaryNames(
  read: ReadCriterion,
  metrics: readonly (BoundProbe | undefined)[],
  control: readonly (BoundProbe | undefined)[],
  reader: Reader,
): void {
  const { filled, problems, vars } = reader;
  const measured = togetherAs(metrics);
  const scope: Scope = {
    lookup: (name) => promisedBy(name, measured, reader) ?? (Object.hasOwn(CANARY_NAMES, name) ? CANARY_NAMES[name] : undefined),
    names: () => [
      ...measured.flatMap(({ probe }) => Object.keys(probe?.provides.names ?? {})),
      ...Object.keys(CANARY_NAMES),
      ...namesFor(NOTHING, [], vars),
    ],
  };
  for (const name of read.criterion.names) {
    const owners = measured.filter(({ probe }) => probe !== undefined && Object.hasOwn(probe.provides.names, name));
    if (owners.length < 2) continue;
    const titles = owners.map(({ probe }) => `“${probe?.title}”`).join(' and ');
    problems.add(
      `Both ${titles} measure \`${name}\`, and only one could be judged. Take it from one of them.`,
      filled.position(read.path),
    );
    return;
  }
  const compared = namedTerms(read.criterion.expression).find(
    (term) => term.kind === 'baseline' && control.length > 0 && promisedBy(term.name, togetherAs(control), reader) === undefined,
  );
  const uncontrolled =
    compared?.kind === 'baseline' && promisedBy(compared.name, measured, reader) !== undefined ? compared : undefined;
  if (uncontrolled !== undefined) {
    problems.add(
      `\`control\` does not measure \`${uncontrolled.name}\`, so it has no baseline. Add it there.`,
      filled.positionIn(read.path, uncontrolled.offset),
    );
    return;
  }
  checkNames(read, { scope }, reader);
}

const provider = (probe: BoundProbe | undefined, index: number): Provider => ({
  id: `metrics-${index}`,
  named: false,
  probe,
  spec: '',
  criteria: [],
});
const NOTHING: Provider = provider(undefined, -1);
const togetherAs = (probes: readonly (BoundProbe | undefined)[]): readonly Provider[] => probes.map(provider);

/** Metrics are one set of names: each probe's own, whichever it is. */
function promisedBy(name: string, measured: readonly Provider[], { vars }: Reader): Promised | undefined {
  const variable = promisedByVariables(name, vars);
  if (variable !== undefined) return variable;
  for (const each of measured) {
    const meaning = meaningOf(name, each, [each], {});
    if (meaning !== undefined && 'promised' in meaning)
      return meaning.promised === 'unknown' ? 'unknown' : (meaning.promised ?? DIMENSION.open);
  }
  return undefined;
}

/** The rollback option that `on-abort` names; the default one when it names none. */
function readOnAbort(written: string | undefined, reader: Reader): string | undefined {
  if (written === undefined) return undefined;
  const { filled, problems } = reader;
  const position = filled.position([...AT, 'on-abort']);
  const [verb, option, ...rest] = written.trim().split(/\s+/);
  if (verb !== 'rollback' || rest.length > 0) {
    problems.add(`Expected \`rollback\` or \`rollback <option>\`, found ${found(written)}.`, position);
    return undefined;
  }
  const names = optionNames(reader);
  if (filled.node(['rollback']) === undefined) {
    problems.add('`on-abort` needs a `rollback:` section in this plan.', position);
    return undefined;
  }
  if (option !== undefined) {
    if (!names.includes(option)) problems.add(unknownOption(option, names), position);
    return option;
  }
  const usual = filled.value(['rollback', 'default']);
  if (typeof usual === 'string') return usual;
  if (names.length === 1) return names[0];
  problems.add(`Say which option: \`rollback ${names[0] ?? '<option>'}\`, or give the rollback a \`default\`.`, position);
  return undefined;
}
