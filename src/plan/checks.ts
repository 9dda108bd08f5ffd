import { isUnit, nearestUnit, withUnit } from '../criteria/units.ts';
import { DIMENSION, openNumber, type Promised } from '../criteria/value.ts';
import { durationMs } from '../probes/duration.ts';
import {
  type CriterionRules,
  checkNames,
  hasCriteria,
  planned,
  type ReadCriterion,
  readCriteria,
  readCriterion,
  scopeOf,
} from './criteria.ts';
import type { Ids } from './ids.ts';
import { found } from './issue-words.ts';
import type { Path } from './path.ts';
import { isRecord } from './plain-data.ts';
import type { PlannedCheck, PlannedCriterion } from './plan.ts';
import { readPolicy } from './policy.ts';
import { readProbe } from './probe.ts';
import type { Reader } from './reader.ts';
import { findCycle, meaningOf, type Named, namesFor, namesToLookUp, type Provider } from './references.ts';
import { checkSchema, itemFields, type RawCheck } from './sections/check.ts';

/** An item before its names are looked up among all items. */
interface Draft extends Provider {
  readonly raw: RawCheck;
  readonly path: Path;
}

/** A list of items as checks. What is wrong with one does not hide what is wrong with the next. */
export function readChecks(path: Path, ids: Ids, reader: Reader): readonly PlannedCheck[] {
  const { filled, problems } = reader;
  const written = filled.value(path);
  if (!Array.isArray(written)) {
    problems.add(`Expected a list of items, found ${found(written)}.`, filled.position(path));
    return [];
  }
  const items = written.flatMap((item: unknown, index) => readItem(item, [...path, index], reader));
  const drafts = withIds(items, ids, reader);
  const checks = drafts.map((draft) => finish(draft, drafts, reader));
  refuseCycles(drafts, checks, reader);
  return checks.filter((check) => check !== undefined);
}

type Item = Omit<Draft, 'id' | 'named'>;

function readItem(item: unknown, path: Path, reader: Reader): Item[] {
  const { filled, problems, shapes } = reader;
  if (!isRecord(item)) {
    problems.add(`Expected an item, such as \`- tcp: { address: "db:5432" }\`, found ${found(item)}.`, filled.position(path));
    return [];
  }
  const subject = { value: item, origin: (inner: Path) => [...path, ...inner], name: 'item' };
  const raw = shapes.parse<RawCheck>(checkSchema(), subject);
  const key = readProbe(item, Object.keys(itemFields()), path, reader);
  if (raw === undefined) return [];
  const criteria = readCriteria(raw, path, reader);
  if (!hasCriteria(raw)) {
    problems.add('An item without criteria cannot pass. Add what must hold: `expect: [ … ]`.', filled.position(path));
  }
  return [{ raw, path, probe: key?.probe, spec: key === undefined ? '' : textsOf(item[key.name]), criteria }];
}

/** Ids of the plan first, so that one that is made of a title never takes another's. */
function withIds(items: readonly Item[], ids: Ids, { filled, problems }: Reader): readonly Draft[] {
  const firstOf = new Map<string, Path>();
  const given = items.map(({ raw: { id }, path }) => {
    if (id === undefined) return undefined;
    if (ids.take(id)) {
      firstOf.set(id, path);
      return id;
    }
    const first = firstOf.get(id);
    const owner = first === undefined ? 'a step of the phase itself' : `the item in line ${filled.position(first).line}`;
    problems.add(`The id \`${id}\` belongs to ${owner}. Choose another.`, filled.position([...path, 'id']));
    return undefined;
  });
  return items.map((item, index) => {
    const id = given[index];
    const title = item.raw.title ?? item.probe?.title ?? 'item';
    return { ...item, id: id ?? ids.fromTitle(title), named: id !== undefined };
  });
}

function finish(draft: Draft, all: readonly Draft[], reader: Reader): PlannedCheck | undefined {
  const { raw, path, probe, criteria, id } = draft;
  const references = new Set<string>();
  const units = readUnits(draft, reader);
  for (const criterion of criteria) lookUpNames(criterion, draft, all, units, references, reader);
  const when = raw.when === undefined ? undefined : readWhen(raw.when, path, reader);
  if (probe === undefined) return undefined;
  return {
    id,
    title: raw.title ?? probe.title,
    probe,
    criteria: criteria.map((criterion) => planned(criterion, reader)),
    required: raw.required ?? true,
    policy: readPolicy(raw.policy, reader.policy),
    limitMs: raw.within === undefined ? probe.defaultLimitMs : durationMs(raw.within),
    units: raw.units ?? {},
    references: [...references],
    position: reader.filled.position(path),
    ...(when === undefined ? {} : { when }),
  };
}

function lookUpNames(
  read: ReadCriterion,
  draft: Draft,
  all: readonly Draft[],
  units: ReadonlyMap<string, Promised>,
  references: Set<string>,
  reader: Reader,
): void {
  const { filled, problems, vars } = reader;
  const meanings = new Map<string, Named | undefined>();
  const meant = (name: string): Named | undefined => {
    if (!meanings.has(name)) meanings.set(name, meaningOf(name, draft, all, vars));
    return meanings.get(name);
  };
  for (const { name, offset, word } of namesToLookUp(read)) {
    const meaning = meant(name);
    if (meaning === undefined || (word && 'promised' in meaning && meaning.promised === 'unknown')) continue;
    if ('promised' in meaning) for (const id of meaning.references) references.add(id);
    else {
      const [first, ...rest] = meaning.ambiguous.map((id) => `\`${qualified(id, name)}\``);
      problems.add(
        `Several items measure \`${name}\`. Say which is meant: ${first} or ${rest.join(', ')}.`,
        filled.positionIn(read.path, offset),
      );
    }
  }
  const bare = read.criterion.source.replaceAll(/`[^`]*`/g, '');
  const hyphenated = bare.includes('.') ? all.find(({ id }) => id.includes('-') && bare.includes(`${id}.`)) : undefined;
  if (hyphenated !== undefined) {
    problems.add(
      `A name with \`-\` in it stands in backticks: \`\` \`${hyphenated.id}.…\` \`\`. Or give that item a short \`id:\`.`,
      filled.positionIn(read.path, Math.max(0, read.criterion.source.indexOf(`${hyphenated.id}.`))),
    );
    return;
  }
  const scope = {
    lookup: (name: string): Promised | undefined => {
      const unit = units.get(name);
      if (unit !== undefined) return unit;
      const meaning = meant(name);
      if (meaning === undefined) return undefined;
      return 'promised' in meaning ? meaning.promised : 'unknown';
    },
    names: () => namesFor(draft, all, vars),
  };
  checkNames(
    read,
    {
      scope,
      ...(draft.probe?.comparesWithBaseline
        ? {}
        : {
            noBaseline:
              'Only a canary has a baseline, and a `load` that says where its own is (`baseline:`). Compare with a number, or with what another item measures.',
          }),
    },
    reader,
  );
}

const qualified = (id: string, name: string): string => (id.includes('-') ? `\`${id}.${name}\`` : `${id}.${name}`);

function readUnits(draft: Draft, { problems, filled, vars }: Reader): ReadonlyMap<string, Promised> {
  const units = new Map<string, Promised>();
  for (const [name, unit] of Object.entries(draft.raw.units ?? {})) {
    const path = [...draft.path, 'units', name];
    if (!isUnit(unit)) {
      const nearest = nearestUnit(unit);
      const hint =
        nearest === undefined
          ? 'Known are times (ms, s, m, h, d), bytes (kB, MB, GiB), % and rates such as /s.'
          : `Did you mean \`${nearest}\`?`;
      problems.add(`Unknown unit \`${unit}\`. ${hint}`, filled.position(path));
      continue;
    }
    const meaning = meaningOf(name, draft, [draft], vars);
    if (meaning === undefined) {
      problems.add(`The item’s probe does not measure \`${name}\`, so it can have no unit.`, filled.keyPosition(path));
      continue;
    }
    const plain =
      'promised' in meaning &&
      (meaning.promised === 'unknown' || meaning.promised === DIMENSION.number || meaning.promised === DIMENSION.open);
    const value = withUnit(openNumber(0), unit);
    if (plain && value.kind === 'quantity') units.set(name, value.dimension);
    else problems.add(`\`${name}\` has a unit of its own already. Take this one away.`, filled.keyPosition(path));
  }
  return units;
}

const FACTS = {
  dry_run: 'flag',
  branch: 'text',
  base: 'text',
  event: 'text',
  actor: 'text',
  repository: 'text',
  ref: 'text',
} as const;

function readWhen(source: string, path: Path, reader: Reader): PlannedCriterion | undefined {
  const [read] = readCriterion(source, 'expect', [...path, 'when'], reader);
  if (read === undefined) return undefined;
  const rules: CriterionRules = {
    scope: scopeOf(FACTS, reader.vars),
    noBaseline: 'A `when` speaks of the run, which has no baseline.',
    noWindow: 'A `when` is judged once, so it can have no `for`.',
    mayBeFixed: true,
  };
  checkNames(read, rules, reader);
  return planned(read, reader);
}

function refuseCycles(
  drafts: readonly Draft[],
  checks: readonly (PlannedCheck | undefined)[],
  { problems, filled }: Reader,
): void {
  const references = new Map(checks.flatMap((check) => (check === undefined ? [] : [[check.id, check.references] as const])));
  const cycle = findCycle(references);
  const first = drafts.find(({ id }) => id === cycle?.[0]);
  if (cycle === undefined || first === undefined) return;
  const names = cycle.map((id) => `\`${id}\``);
  const titles = names.length === 1 ? `${names[0]} refers to itself` : `${names.join(' and ')} refer to one another`;
  problems.add(
    `${titles}, so none of them can be measured first. Compare with a fixed number in one of them.`,
    filled.position(first.path),
  );
}

function textsOf(spec: unknown): string {
  if (typeof spec === 'string') return spec;
  if (Array.isArray(spec)) return spec.map(textsOf).join('\n');
  return isRecord(spec) ? Object.values(spec).map(textsOf).join('\n') : '';
}
