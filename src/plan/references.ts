import { nearestName } from '../criteria/nearest.ts';
import { namedTerms } from '../criteria/tree.ts';
import type { Measurements, Promised } from '../criteria/value.ts';
import type { BoundProbe } from '../probes/probe.ts';
import type { ReadCriterion } from './criteria.ts';
import { promisedByVariables } from './criteria.ts';

/** An item on its way to become a check, as far as names are concerned. */
export interface Provider {
  readonly id: string;
  /** The plan itself gives the id. */
  readonly named: boolean;
  /** undefined when its spec is wrong: then nothing is known of its names. */
  readonly probe: BoundProbe | undefined;
  /** All texts of its spec: a query that mentions a name may have it as a column. */
  readonly spec: string;
  readonly criteria: readonly ReadCriterion[];
}

/** What a name in an item's criteria is. */
export type Named =
  | { readonly promised: Promised; readonly references: readonly string[] }
  | { readonly ambiguous: readonly string[] };

const own = (promised: Promised): Named => ({ promised, references: [] });

/**
 * Finds what a name means in an item: the item's own measurement, a variable, `id.name` of another item, or a name that one other
 * item measures. undefined: nothing has it.
 */
export function meaningOf(name: string, item: Provider, all: readonly Provider[], vars: Measurements): Named | undefined {
  if (item.probe === undefined) return own('unknown');
  const closed = closedName(item, name);
  if (closed !== undefined) return own(closed);
  const variable = promisedByVariables(name, vars);
  if (variable !== undefined) return own(variable);
  if (hasOpenPrefix(item, name)) return own('unknown');
  const anything = measuresAnything(item);
  const anyName = anything && !hasClosedNames(item);
  for (const other of name.includes('.') ? all : []) {
    // Settings have names of their own, whatever they are: what an earlier file has must not stand for what is missing in this one.
    if (other === item || (anyName && !other.named) || !name.startsWith(`${other.id}.`)) continue;
    const promised = promisedBy(other, name.slice(other.id.length + 1));
    if (promised !== undefined) return { promised, references: [other.id] };
  }
  if (anyName || (anything && mentions(item, name))) return own('unknown');

  const others = all.filter((other) => other !== item);
  const measuring = others.flatMap((other) => {
    const promised = closedName(other, name);
    return promised === undefined ? [] : [{ promised, references: [other.id] }];
  });
  if (measuring.length > 1) return { ambiguous: measuring.flatMap(({ references }) => references) };
  if (measuring[0] !== undefined) return measuring[0];

  const earlier = all.slice(0, all.indexOf(item)).filter((other) => mayMeasure(other, name));
  const judging = earlier.filter(({ criteria }) => criteria.some(({ criterion }) => criterion.names.includes(name)));
  if (judging.length > 1) return { ambiguous: judging.map(({ id }) => id) };
  const candidates = judging.length === 1 ? judging : earlier;
  if (candidates.length > 0) return { promised: 'unknown', references: candidates.map(({ id }) => id) };
  if (anything) return own('unknown');
  // What an item with a mistake in it would measure is not known; a misspelled name of one's own is one all the same.
  const misspelled = nearestName(name, Object.keys(item.probe.provides.names)) !== undefined;
  return !misspelled && others.some(({ probe }) => probe === undefined) ? own('unknown') : undefined;
}

/** The names that can be proposed for a misspelled one: the item's own first. */
export function namesFor(item: Provider, all: readonly Provider[], vars: Measurements): readonly string[] {
  const others = all.filter((other) => other !== item && other.probe !== undefined);
  // What a settings item has is known by what it judges.
  const judged = others.filter(measuresAnything).flatMap(({ criteria }) => criteria.flatMap(({ criterion }) => criterion.names));
  return [
    ...new Set([
      ...Object.keys(item.probe?.provides.names ?? {}),
      ...Object.keys(vars),
      ...others.flatMap((other) => Object.keys(other.probe?.provides.names ?? {}).map((name) => `${other.id}.${name}`)),
      ...judged,
    ]),
  ];
}

/** Two items or more that wait for one another, as their ids; undefined when there are none. */
export function findCycle(references: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>();
  const walk = (id: string, trail: readonly string[]): readonly string[] | undefined => {
    const at = trail.indexOf(id);
    if (at >= 0) return trail.slice(at);
    if (done.has(id)) return undefined;
    for (const next of references.get(id) ?? []) {
      const found = walk(next, [...trail, id]);
      if (found !== undefined) return found;
    }
    done.add(id);
    return undefined;
  };
  for (const id of references.keys()) {
    const found = walk(id, []);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What each name of a criterion refers to in other items. A word may be a text: it refers only to what is surely measured. */
export function namesToLookUp({
  criterion,
}: ReadCriterion): readonly { readonly name: string; readonly offset: number; readonly word: boolean }[] {
  return namedTerms(criterion.expression).flatMap((term) => {
    if (term.kind === 'baseline') return [];
    return [{ name: term.kind === 'word' ? term.word : term.name, offset: term.offset, word: term.kind === 'word' }];
  });
}

function closedName({ probe }: Provider, name: string): Promised | undefined {
  const names = probe?.provides.names ?? {};
  return Object.hasOwn(names, name) ? names[name] : undefined;
}

const hasClosedNames = ({ probe }: Provider): boolean => Object.keys(probe?.provides.names ?? {}).length > 0;
const measuresAnything = ({ probe }: Provider): boolean => probe?.provides.open?.includes('') ?? false;

/** `body` is a prefix of `body.version` and `body[0]`, `header.` of `header.etag`. */
function hasOpenPrefix({ probe }: Provider, name: string): boolean {
  const prefixes = probe?.provides.open ?? [];
  return prefixes.some((prefix) => {
    if (prefix === '') return false;
    if (prefix.endsWith('.')) return name.startsWith(prefix) && name.length > prefix.length;
    return name === prefix || name.startsWith(`${prefix}.`) || name.startsWith(`${prefix}[`);
  });
}

function promisedBy(other: Provider, name: string): Promised | undefined {
  if (other.probe === undefined) return 'unknown';
  return closedName(other, name) ?? (measuresAnything(other) || hasOpenPrefix(other, name) ? 'unknown' : undefined);
}

/** Whether a provider of any names could have this one: settings have all, a query has what it mentions. */
function mayMeasure(other: Provider, name: string): boolean {
  return measuresAnything(other) && (!hasClosedNames(other) || mentions(other, name));
}

function mentions({ spec }: Provider, name: string): boolean {
  const words = spec.toLowerCase().split(/[^\p{L}\p{N}_.]+/u);
  return words.some((word) => word === name.toLowerCase() || word.endsWith(`.${name.toLowerCase()}`));
}
