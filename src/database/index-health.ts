import { formatDuration } from '../criteria/format.ts';
import type { CatalogIndex, CatalogTable, ForeignKey } from './catalog.ts';
import { definitionText, keySql, same } from './index-definition.ts';
import { createIndex, dropIndex, mendInvalid } from './index-fixes.ts';
import type { IndexFinding, IndexRules, OtherProblem } from './index-rules.ts';
import { levelOf } from './index-rules.ts';
import { quoted } from './sql-text.ts';

/** What is wrong with a table's indexes beside those that are expected. `expected` has their names. */
export function otherFindings(
  table: CatalogTable,
  expected: ReadonlySet<string>,
  rules: IndexRules,
  statisticsAgeMs: number | undefined,
): readonly IndexFinding<OtherProblem>[] {
  const found: IndexFinding<OtherProblem>[] = [];
  const add = (kind: OtherProblem, index: string, words: Pick<IndexFinding, 'expected' | 'found' | 'fix'>): void => {
    const level = levelOf(kind, rules);
    if (level !== 'off') found.push({ kind, level, schema: table.schema, table: table.name, index, ...words });
  };
  const remove = (kind: OtherProblem, index: CatalogIndex, expected: string, more: string): void =>
    add(kind, index.name, { expected, found: `${definitionText(index)}${more}`, fix: dropIndex(index, table) });
  const usable = table.indexes.filter((index) => isUsable(index) && !index.attached);
  for (const index of table.indexes) {
    const listed = expected.has(index.name);
    if (isLeftover(index)) {
      const state = index.valid ? 'valid' : 'invalid';
      const more = `, ${state}: REINDEX CONCURRENTLY broke off and left it`;
      remove('leftover', index, 'no index left over from a concurrent rebuild', more);
      continue;
    }
    const broken = listed ? undefined : brokenState(index);
    if (broken) {
      add(broken.kind, index.name, { expected: 'a valid index, or none', found: broken.found, fix: mendInvalid(index, table) });
      continue;
    }
    if (!isUsable(index) || index.attached) continue;
    const twin = usable.find((other) => other !== index && isDuplicate(index, other) && keeps(other, index, expected));
    const longer = twin ? undefined : usable.find((other) => other !== index && isRedundant(index, other));
    if (twin) remove('duplicate', index, 'one index for one purpose', `, the same as ${twin.name}`);
    else if (longer) {
      const more = `; ${longer.name} ${definitionText(longer)} serves the same queries`;
      remove('redundant', index, 'no index whose work another does', more);
    } else if (isUnused(index, rules, statisticsAgeMs)) {
      const age = formatDuration(statisticsAgeMs ?? 0);
      const more = `, not scanned once in the ${age} since the statistics began (on this server)`;
      remove('unused', index, `a scan within ${formatDuration(rules.unusedForMs)}`, more);
    }
    if (rules.strict && !listed && !index.constraint) remove('unexpected', index, 'no index that the plan does not have', '');
  }
  for (const key of table.foreignKeys) {
    if (table.indexes.some((index) => covers(index, key))) continue;
    add('foreign_key', key.name, {
      expected: `a full and valid index that starts with (${key.columns.map(quoted).join(', ')})`,
      found: nearestCover(table, key),
      fix: createIndex(
        { table: table.name, name: `${table.name}_${key.columns.join('_')}_idx`, columns: quotedAll(key.columns) },
        table,
      ),
    });
  }
  return found;
}

const quotedAll = (names: readonly string[]): readonly string[] => names.map((name) => `"${name.replaceAll('"', '""')}"`);

const isUsable = ({ valid, ready, live, gaps }: CatalogIndex): boolean => valid && ready && live && gaps.length === 0;
const isLeftover = ({ name }: CatalogIndex): boolean => /_cc(?:new|old)\d*$/.test(name);

/** What keeps an index from being used; undefined when nothing does. */
export function brokenState(
  index: CatalogIndex,
): { readonly kind: 'invalid' | 'not_ready' | 'partitions'; readonly found: string } | undefined {
  const { valid, ready, live, building, gaps } = index;
  if (building !== undefined) return { kind: 'not_ready', found: `not ready: it is being built now (${building})` };
  if (gaps.length > 0) {
    const names = [...new Set(gaps.map(({ partition }) => partition))].join(', ');
    return { kind: 'partitions', found: `incomplete: these partitions have no valid index attached to it: ${names}` };
  }
  if (!live) return { kind: 'invalid', found: 'invalid: it is being dropped' };
  if (!ready) return { kind: 'invalid', found: 'invalid: its build failed or was cancelled, and writes do not maintain it' };
  if (!valid) return { kind: 'invalid', found: 'invalid: its build failed or was cancelled, and the planner ignores it' };
  return undefined;
}

/** Exclusion constraints have operators that the definition does not show, so they are the same as nothing. */
function isDuplicate(left: CatalogIndex, right: CatalogIndex): boolean {
  return (
    left.constraint?.type !== 'x' &&
    right.constraint?.type !== 'x' &&
    left.method === right.method &&
    left.unique === right.unique &&
    left.nullsNotDistinct === right.nullsNotDistinct &&
    left.predicate === right.predicate &&
    same(left.keys.map(keySql), right.keys.map(keySql)) &&
    same([...left.include].sort(), [...right.include].sort())
  );
}

/** Of two that are the same, the one to keep: a constraint's, then the plan's, then the first by name. */
function keeps(one: CatalogIndex, other: CatalogIndex, expected: ReadonlySet<string>): boolean {
  const rank = ({ constraint, pinned, name }: CatalogIndex): number =>
    (constraint?.type === 'p' ? 8 : constraint ? 4 : 0) + (pinned ? 2 : 0) + (expected.has(name) ? 1 : 0);
  return rank(one) === rank(other) ? one.name < other.name : rank(one) > rank(other);
}

/** Whether all that `index` can do, `other` can: it starts with the same keys, in the same direction or wholly reversed. */
function isRedundant(index: CatalogIndex, other: CatalogIndex): boolean {
  if (index.method !== 'btree' || other.method !== 'btree' || index.predicate !== other.predicate) return false;
  if (index.unique || index.constraint || index.pinned || other.constraint?.type === 'x') return false;
  const longer = other.keys.length > index.keys.length;
  if (!longer && !(other.unique && other.keys.length === index.keys.length)) return false;
  const start = other.keys.slice(0, index.keys.length);
  const own = index.keys.map(keySql);
  const turned = start.map((key) => ({ ...key, desc: !key.desc, nulls_first: !key.nulls_first }));
  if (!same(own, start.map(keySql)) && !same(own, turned.map(keySql))) return false;
  const carried = new Set([...other.include, ...other.keys.flatMap(({ column }) => column ?? [])]);
  return index.include.every((column) => carried.has(column));
}

function isUnused(index: CatalogIndex, { unusedForMs }: IndexRules, ageMs: number | undefined): boolean {
  return index.scans === 0 && ageMs !== undefined && ageMs >= unusedForMs && !index.unique && !index.constraint && !index.pinned;
}

/** Whether a look-up of all rows that refer to one value can go by this index. */
function covers(index: CatalogIndex, { columns }: ForeignKey): boolean {
  return isUsable(index) && leads(index, columns) && (index.predicate === undefined || implied(index.predicate, columns));
}

function leads({ method, keys }: CatalogIndex, columns: readonly string[]): boolean {
  if (method !== 'btree' && !(method === 'hash' && columns.length === 1)) return false;
  const leading = keys.slice(0, columns.length).map(({ column }) => column ?? '');
  return same([...leading].sort(), [...columns].sort());
}

/** A row that refers to something has no null there. */
const implied = (predicate: string, columns: readonly string[]): boolean =>
  columns.some((column) => predicate === `${quoted(column)} IS NOT NULL`);

function nearestCover({ indexes }: CatalogTable, key: ForeignKey): string {
  const near = indexes.find((index) => leads(index, key.columns));
  const why = near && (isUsable(near) ? `covers only rows where ${near.predicate}` : brokenState(near)?.found);
  return near ? `no such index; ${near.name} ${why}` : 'no such index: a delete in the referenced table reads this one whole';
}
