import type { Secrets } from './ports.ts';

const MASK = '***';
const SHORTEST = 4;
/** Masking these would blacken ports, counts and flags everywhere and hide nothing. */
const HARMLESS = /^(?:true|false|null|none|\d{1,5})$/i;

/**
 * The secrets of this run. A value is masked as itself and as it looks URL-encoded, in base64 and inside JSON; one of
 * several lines is masked line by line. `announce` is told each new value, for the runner's own mask.
 */
export function secretSet(announce?: (value: string) => void): Secrets {
  const forms = new Set<string>();
  const announced = new Set<string>();
  let pattern: RegExp | undefined;

  const addLine = (line: string) => {
    const value = line.trim();
    if (value.length < SHORTEST || HARMLESS.test(value) || announced.has(value)) return;
    announced.add(value);
    for (const form of formsOf(value)) if (form.length >= SHORTEST) forms.add(form);
    pattern = undefined;
    announce?.(value);
  };
  const add = (value: string) => {
    for (const line of value.split(/\r?\n/)) addLine(line);
    // A file with line breaks is one value when it is encoded as a whole.
    if (/\n/.test(value.trim())) forms.add(Buffer.from(value).toString('base64'));
  };

  return {
    add,
    addUrl: (url) => {
      for (const password of passwordsOf(url)) add(password);
    },
    mask(text) {
      if (forms.size === 0) return text;
      pattern ??= patternOf(forms);
      return text.replace(pattern, MASK);
    },
  };
}

function formsOf(value: string): string[] {
  const content = Buffer.from(value);
  return [
    value,
    // A lone surrogate cannot be URL-encoded; through bytes it becomes U+FFFD.
    encodeURIComponent(content.toString()),
    content.toString('base64'),
    content.toString('base64url'),
    JSON.stringify(value).slice(1, -1),
  ];
}

/** Longest first, so that a secret that contains another is masked whole. */
function patternOf(forms: ReadonlySet<string>): RegExp {
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');
}

/** Every spelling of the password in a URL, a connection string of several hosts, or libpq's `key=value` form. */
function passwordsOf(url: string): string[] {
  const found: string[] = [];
  const take = (raw: string | undefined) => {
    if (!raw) return;
    found.push(raw, decoded(raw));
  };
  // Up to the last @ before the path: people do write an unescaped @ into passwords.
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)@/i.exec(url)?.[1];
  if (authority !== undefined) {
    const colon = authority.indexOf(':');
    if (colon >= 0) take(authority.slice(colon + 1));
    // https://TOKEN@host: there the name is the secret. A database's user name is none.
    else if (/^https?:/i.test(url)) take(authority);
  }
  // A password with an unescaped / or # ends the authority early; then everything up to the last @ is taken.
  take(/^[a-z][a-z0-9+.-]*:\/\/[^/?#:@]*:(.*)@/i.exec(url)?.[1]);
  take(/[?&](?:ssl)?password=([^&#]*)/i.exec(url)?.[1]);
  const pair = /(?:^|\s)password\s*=\s*(?:'((?:[^'\\]|\\.)*)'|(\S+))/i.exec(url);
  take(pair?.[1]?.replace(/\\(.)/g, '$1') ?? pair?.[2]);
  return found;
}

function decoded(raw: string): string {
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw;
  }
}
