import { flag, type Measurement, number, text, type Value } from '../criteria/value.ts';

/** Enough for any status page; a body may have millions. */
const MOST_LEAVES = 2000;
const LONGEST_TEXT = 64 * 1024;

/**
 * The leaves of parsed JSON (or YAML, TOML) as measurements: `body.version`, `body.items[0].id`, and `body.items.length` of
 * each array. At most 2,000 of them; those in `wanted` are found beyond that.
 */
export function leafMeasurements(
  prefix: string,
  tree: unknown,
  wanted: ReadonlySet<string> = new Set(),
): Record<string, Measurement> {
  const found: Record<string, Measurement> = {};
  let count = 0;
  const visit = (name: string, node: unknown): void => {
    if (count >= MOST_LEAVES) return;
    const value = leafValue(node);
    if (value) {
      if (name !== '') add(name, value);
      return;
    }
    if (Array.isArray(node)) {
      add(joined(name, 'length'), number(node.length));
      node.forEach((entry, index) => {
        visit(`${name}[${index}]`, entry);
      });
      return;
    }
    for (const [key, entry] of entries(node)) visit(joined(name, key), entry);
  };
  const add = (name: string, value: Value) => {
    // To assign it would change the object instead of adding to it.
    if (name === '__proto__') return;
    count += 1;
    found[name] = { value };
  };
  visit(prefix, tree);
  if (count >= MOST_LEAVES) {
    for (const name of wanted) {
      const value =
        name in found ? undefined : leafAt(tree, prefix === '' ? name : name.slice(prefix.length), name.startsWith(prefix));
      if (value) found[name] = { value };
    }
  }
  return found;
}

/** The value that one text or leaf stands for; undefined for what is not a leaf. `null` is the empty text. */
function leafValue(leaf: unknown): Value | undefined {
  switch (typeof leaf) {
    case 'number':
      return number(leaf);
    case 'bigint':
      return text(String(leaf));
    case 'boolean':
      return flag(leaf);
    case 'string':
      return text(leaf.slice(0, LONGEST_TEXT));
    case 'object':
      if (leaf === null) return text('');
      return leaf instanceof Date ? text(leaf.toISOString()) : undefined;
    default:
      return undefined;
  }
}

function leafAt(tree: unknown, path: string, inside: boolean): Value | undefined {
  if (!inside) return undefined;
  let node = tree;
  for (const [, key, index] of path.matchAll(/(?:^|\.)([^.[\]]+)|\[(\d+)\]/g)) {
    if (key === 'length' && Array.isArray(node)) node = node.length;
    else if (index !== undefined) node = Array.isArray(node) ? node[Number(index)] : undefined;
    else node = entries(node).find(([name]) => name === key)?.[1];
  }
  return leafValue(node);
}

function joined(name: string, key: string): string {
  return name === '' ? key : `${name}.${key}`;
}

function entries(node: unknown): [string, unknown][] {
  return typeof node === 'object' && node !== null && !Array.isArray(node) ? Object.entries(node) : [];
}
