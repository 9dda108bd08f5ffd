import type * as z from 'zod';
import { nearestName } from '../criteria/nearest.ts';
import type { BoundProbe } from '../probes/probe.ts';
import { unknownKey } from './issue-words.ts';
import type { Path } from './path.ts';
import { isRecord } from './plain-data.ts';
import type { Reader } from './reader.ts';
import { keysAt } from './schema-keys.ts';

/** What a mapping names of a registry. */
export interface Chosen<Entry> {
  readonly entry: Entry;
  readonly name: string;
}

/**
 * The one key of a mapping that a registry knows; every other key must be one of `beside`. undefined after a problem was recorded.
 *
 * @param what `probe`, `task`, as messages call it.
 */
export function chooseOne<Entry extends { readonly name: string; readonly schema: z.core.$ZodType }>(
  raw: Readonly<Record<string, unknown>>,
  registry: readonly Entry[],
  {
    what,
    owner,
    beside,
    path,
  }: { readonly what: string; readonly owner: string; readonly beside: readonly string[]; readonly path: Path },
  { problems, filled }: Pick<Reader, 'problems' | 'filled'>,
): Chosen<Entry> | undefined {
  const names = registry.map(({ name }) => name);
  const chosen = registry.filter(({ name }) => Object.hasOwn(raw, name));
  const unknown = Object.keys(raw).filter((key) => !names.includes(key) && !beside.includes(key));
  const [entry, second] = chosen;
  if (entry !== undefined && second === undefined) {
    const { name, schema } = entry;
    const misplaced = raw[name] === null ? unknown.filter((key) => keysAt(schema, []).includes(key)) : [];
    for (const key of unknown) {
      const message = misplaced.includes(key) ? `\`${key}\` belongs to \`${name}\`: indent it further.` : unknownKey(key, beside);
      problems.add(message, filled.keyPosition([...path, key]));
    }
    return misplaced.length > 0 ? undefined : { entry, name };
  }
  if (entry !== undefined && second !== undefined) {
    const message = `${owner} has one ${what}, and this has \`${entry.name}\` and \`${second.name}\`. Make two of them.`;
    problems.add(message, filled.keyPosition([...path, second.name]));
    return undefined;
  }
  const list = names.map((name) => `\`${name}\``).join(', ');
  if (unknown.length === 0) {
    problems.add(`${owner} needs a ${what}: one of ${list}.`, filled.position(path));
    return undefined;
  }
  for (const key of unknown) {
    const nearest = nearestName(key, [...names, ...beside]);
    const message =
      nearest === undefined
        ? `Unknown ${what} \`${key}\`. Known are ${list}.`
        : `Unknown ${what} \`${key}\`. Did you mean \`${nearest}\`?`;
    problems.add(message, filled.keyPosition([...path, key]));
  }
  return undefined;
}

/** The probe of an entry `{ http: {…} }`; `probe` is undefined when its spec is wrong. */
export function readProbe(
  raw: Readonly<Record<string, unknown>>,
  beside: readonly string[],
  path: Path,
  reader: Reader,
): { readonly name: string; readonly probe: BoundProbe | undefined } | undefined {
  const chosen = chooseOne(raw, reader.registries.probes, { what: 'probe', owner: 'An item', beside, path }, reader);
  if (chosen === undefined) return undefined;
  const { entry, name } = chosen;
  const origin = (inner: Path): Path => [...path, name, ...inner];
  return { name, probe: bindProbe(raw[name], entry, origin, reader) };
}

/** A probe with a spec whose parts may stand at several places of the plan. */
export function bindProbe(
  spec: unknown,
  entry: Reader['registries']['probes'][number],
  origin: (inner: Path) => Path,
  reader: Reader,
): BoundProbe | undefined {
  const subject = { value: spec, origin, name: entry.name };
  const probe = reader.shapes.attempt((value) => entry.bind(value), entry.schema, subject);
  if (isRecord(spec) && typeof spec['database'] === 'string') reader.useDatabase(spec['database'], origin(['database']));
  return probe;
}
