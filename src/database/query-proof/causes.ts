import { conditionsOf, type PlanNode, placedNodes } from './plan-node.ts';
import { mentions, type Use, withoutAlias } from './service.ts';
import type { KnownIndex } from './surroundings.ts';

/** Why an index cannot serve a query, as far as the server's own conditions tell. */
export type Cause =
  /** Its build failed, or it lacks a partition. */
  | { readonly kind: 'invalid' }
  /** The query does not imply the predicate of a partial index. */
  | { readonly kind: 'predicate'; readonly predicate: string }
  /** LIKE on an index in the order of a collation: it needs text_pattern_ops. */
  | { readonly kind: 'like_opclass'; readonly key: string }
  /** LIKE '%…': no beginning to look for. */
  | { readonly kind: 'like_wildcard'; readonly key: string }
  /** LIKE $1: the beginning is not known before it runs. */
  | { readonly kind: 'like_parameter'; readonly key: string }
  /** ILIKE, which no btree serves. */
  | { readonly kind: 'like_case'; readonly key: string }
  | { readonly kind: 'cast'; readonly key: string; readonly asked: string }
  /** The query asks for another expression than the index holds. */
  | { readonly kind: 'expression'; readonly key: string; readonly asked: string }
  /** No condition speaks of its first key. */
  | { readonly kind: 'first_key'; readonly key: string }
  /** All of it would be read. */
  | { readonly kind: 'walk' }
  /** It serves some partitions, and these not. */
  | { readonly kind: 'partitions'; readonly tables: readonly string[] }
  | { readonly kind: 'unknown' };

/** @param plan one in which the index was free to be taken, and its table's other indexes hidden. */
export function causeOf(index: KnownIndex, plan: PlanNode, uses: readonly Use[]): Cause {
  if (!index.valid) return { kind: 'invalid' };
  const key = index.leading;
  // The planner may walk through a partial index whose predicate is implied, whatever its keys: untouched, it is not implied.
  if (index.predicate !== undefined && uses.length === 0) return { kind: 'predicate', predicate: index.predicate };
  const nodes = placedNodes(plan);
  const aliases = nodes.flatMap(({ table }) => (table?.name === index.table.name ? table.alias : []));
  const conditions = nodes.flatMap(({ node }) => conditionsOf(node)).map((condition) => aliases.reduce(withoutAlias, condition));
  const spoken = conditions.filter((condition) => speaksOf(condition, key));
  const term = spoken.map((condition) => termOn(condition, key, index)).find((found) => found !== undefined);
  if (term !== undefined) return term;
  if (uses.some(({ by }) => by === 'skip')) return { kind: 'first_key', key };
  if (spoken.length === 0 && !index.plainColumn) {
    const [asked] = conditions;
    return asked === undefined ? { kind: 'first_key', key } : { kind: 'expression', key, asked };
  }
  if (spoken.length === 0) return { kind: uses.length > 0 && conditions.length === 0 ? 'walk' : 'first_key', key };
  return uses.length > 0 ? { kind: 'walk' } : { kind: 'unknown' };
}

const speaksOf = (condition: string, key: string): boolean => mentions(condition, key, undefined);

/** What is wrong with how a condition speaks of the key. */
function termOn(condition: string, key: string, { method }: KnownIndex): Cause | undefined {
  const column = escaped(key);
  const like = new RegExp(`${column}\\)*(?:::[a-z ]+)?\\)* ~~(\\*?) ('(?:[^']|'')*'|[^' ]+)`).exec(condition);
  if (like !== null && method === 'btree') {
    const [, anyCase, pattern = ''] = like;
    if (anyCase === '*') return { kind: 'like_case', key };
    if (!pattern.startsWith("'")) return { kind: 'like_parameter', key };
    return { kind: /^'[%_]/.test(pattern) ? 'like_wildcard' : 'like_opclass', key };
  }
  const call = new RegExp(`(?<![\\w."])([A-Za-z_][\\w.]*\\((?:[^()]*, )?\\(?${column}(?:\\)::[a-z ]+)?(?:, [^()]*)?\\))`).exec(
    condition,
  );
  if (call?.[1] !== undefined) return { kind: 'expression', key, asked: call[1] };
  const cast = new RegExp(`\\(${column}\\)::(?!text|character varying|bpchar)[a-z][a-z0-9_. ]*[a-z0-9_]`).exec(condition);
  if (cast !== null) return { kind: 'cast', key, asked: cast[0] };
  return undefined;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
