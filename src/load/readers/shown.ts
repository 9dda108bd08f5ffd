const LONGEST = 200;
/** Beyond this nothing is looked at: what is kept is far shorter. */
const LOOKED_AT = 4_000;

/** A label, or the text of an error, as it may be kept: one short line, without what query strings and addresses may hold of secrets. */
export function shown(text: string): string {
  const line = text
    .slice(0, LOOKED_AT)
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/\/\/[^/@\s]*@/g, '//')
    .replace(/([?&][^=&\s"'#]*=)[^&\s"'#]*/g, '$1…');
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

/** Where requests went, without what a query string or an address may hold of secrets; undefined when it is no URL. */
export function target(url: string): string | undefined {
  try {
    const { protocol, host, pathname } = new URL(url);
    return shown(`${protocol}//${host}${pathname}`);
  } catch {
    return undefined;
  }
}

/** Counts by what may be kept of their names; of names that become the same, the sum. */
export function shownCounts(counts: Iterable<readonly [string, number]>): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [name, count] of counts) sums.set(shown(name), (sums.get(shown(name)) ?? 0) + count);
  return sums;
}
