import { type PlacedNode, type PlanNode, placedNodes, sortsIn } from './plan-node.ts';
import type { KnownIndex } from './surroundings.ts';

/** By what an index serves a query. */
export type ServedBy = 'condition' | 'distance' | 'predicate' | 'order' | 'conflict';

/** How an index stands in a plan. `walk`: the whole of it is read. `skip`: its first key is in no condition, so all of it may be read. */
export type Use =
  | { readonly by: ServedBy; readonly placed: PlacedNode }
  | { readonly by: 'walk' | 'skip'; readonly placed: PlacedNode };

interface Found {
  readonly index: KnownIndex;
  readonly use: Use;
}

/** Only these find by any key; the others by the first, or by reading all of it. */
const ANY_KEY = new Set(['gin', 'brin', 'bloom']);

/**
 * How the plan uses an index of which `isOne` tells.
 *
 * @param without the planner's own choice when it is hidden: an order is worth something only if it saves a sort. undefined: it is not.
 */
export function usesOf(
  plan: PlanNode,
  without: PlanNode | undefined,
  find: (name: string, placed: PlacedNode) => KnownIndex | undefined,
): readonly Found[] {
  const savesSort = without !== undefined && sortsIn(plan) < sortsIn(without);
  const uses = placedNodes(plan).flatMap((placed): readonly Found[] => {
    const { node } = placed;
    const arbiters = (node['Conflict Arbiter Indexes'] ?? []).flatMap((name) => find(name, placed) ?? []);
    const conflicts: readonly Found[] = arbiters.map((index) => ({ index, use: { by: 'conflict', placed } }));
    const index = node['Index Name'] === undefined ? undefined : find(node['Index Name'], placed);
    if (index === undefined) return conflicts;
    return [...conflicts, { index, use: { by: howOf(placed, index, savesSort), placed } }];
  });
  // Of an OR each side has to be served, or the whole index is read for the other.
  const spoilt = new Set(uses.flatMap(({ use }) => (use.by === 'walk' || use.by === 'skip' ? (use.placed.or ?? []) : [])));
  return uses.map(({ index, use }) =>
    use.placed.or !== undefined && spoilt.has(use.placed.or) ? { index, use: { ...use, by: 'skip' } } : { index, use },
  );
}

function howOf(placed: PlacedNode, index: KnownIndex, savesSort: boolean): Use['by'] {
  const { node, ordered } = placed;
  const condition = node['Index Cond'];
  const anyKey = index.keys === 1 || ANY_KEY.has(index.method);
  if (condition !== undefined && (anyKey || mentions(condition, index.leading, placed.table?.alias))) return 'condition';
  if (node['Order By'] !== undefined) return 'distance';
  // The planner takes a partial index only where the query implies its predicate.
  if (index.predicate !== undefined) return 'predicate';
  if (savesSort && ordered && node['Node Type'].startsWith('Index')) return 'order';
  return condition === undefined ? 'walk' : 'skip';
}

/** Whether a condition of the server speaks of a key. Keys of the other tables of a join have their table's alias in front. */
export function mentions(condition: string, key: string, alias: string | undefined): boolean {
  const own = bare(condition, alias);
  const wanted = bare(key, undefined);
  for (let at = own.indexOf(wanted); at >= 0; at = own.indexOf(wanted, at + 1)) {
    const before = own[at - 1] ?? ' ';
    const after = own[at + wanted.length] ?? ' ';
    if (!/[\w.$"]/.test(before) && !/[\w.$"(]/.test(after)) return true;
  }
  return false;
}

/** Without texts in quotes, which might hold anything, and without the table's own alias. */
function bare(condition: string, alias: string | undefined): string {
  const text = condition.replace(/'(?:[^']|'')*'/g, "''");
  return alias === undefined ? text : withoutAlias(text, alias);
}

export function withoutAlias(condition: string, alias: string): string {
  const name = /^[a-z_][a-z0-9_$]*$/.test(alias) ? alias : `"${alias.replaceAll('"', '""')}"`;
  return condition
    .split(`${name}.`)
    .reduce((whole, part) => (/[\w.$"]$/.test(whole) ? `${whole}${name}.${part}` : `${whole}${part}`));
}
