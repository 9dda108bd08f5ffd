const LONGEST = 200;

/** One line of at most 200 characters. */
export function shortText(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

const QUERY = /^([a-z][a-z\d+.-]*:\/\/[^?#]*|\/[^?#\s]*)[?#]\S*$/i;

/** A URL without its query and fragment, which may hold tokens; any other name as it is. */
export const withoutQuery = (name: string): string => QUERY.exec(name)?.[1] ?? name;

/** `GET http://host/path`; the method where k6 tells it. */
export function labelOf(name: string | undefined, method: string | undefined): string {
  if (name === undefined || name === '') return shortText(method ?? '');
  const shown = withoutQuery(name);
  return shortText(method === undefined || method === '' ? shown : `${method} ${shown}`);
}

/** Scheme, host and port, when all labels that are URLs have the same. */
export function targetOf(labels: Iterable<string>): string | undefined {
  let target: string | undefined;
  for (const label of labels) {
    const origin = /^(?:[A-Z]+ )?([a-z][a-z\d+.-]*:\/\/)(?:[^/@]*@)?([^/@]+)(?:\/|$)/i.exec(label);
    if (origin === null) continue;
    const found = `${origin[1]}${origin[2]}`;
    if (target !== undefined && target !== found) return undefined;
    target = found;
  }
  return target;
}
