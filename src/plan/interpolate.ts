/** A stretch of an interpolated text and where it came from in the text as written. */
interface Stretch {
  readonly from: number;
  readonly writtenFrom: number;
  /** Copied character by character, or a value put in place of a `${…}`. */
  readonly copied: boolean;
}

export interface Interpolated {
  readonly text: string;
  /** Names for which no value was found; their `${…}` stands in the text as written. */
  readonly unset: readonly string[];
  /** Whether anything was put in. */
  readonly changed: boolean;
  /** The offset in the text as written of a character of the interpolated one. */
  written(index: number): number;
}

/** A `${…}` that cannot be filled in; `offset` counts in the text as written. */
export interface Gap {
  readonly offset: number;
  readonly message: string;
  /** Nothing but the value is missing. */
  readonly unset?: true;
  /** Where the value is really missing, when it is not here. */
  readonly via?: Via;
  /** It is not written as a variable. */
  readonly malformed?: true;
}

/** What a name stands for: a value, nothing at all here, or a problem in words. */
export type Lookup = (name: string) => { readonly value: string } | { readonly unset: string; readonly via?: Via };

/** The plan's own variable whose text has the gap. */
export interface Via {
  readonly name: string;
  readonly offset: number;
}

export interface InterpolateOptions {
  /** Shapes a value to its place: `before` is the text up to it. Throws nothing; a problem is returned in words. */
  readonly fit?: (value: string, before: string, name: string) => { readonly value: string } | { readonly problem: string };
  /** Stands in for a value that is not set. Default: the `${…}` as written. */
  readonly unsetAs?: (before: string, written: string) => string;
}

const VARIABLE = /\$\$\{|\$\{([^{}]*)\}|\$\{/g;
const INSIDE = /^([A-Za-z_][A-Za-z0-9_]*)(?::-([\s\S]*))?$/;

function malformed(written: string, following: string): string {
  if (following.startsWith('{')) {
    return '`${{ … }}` is filled in by GitHub in workflow files only. Hand the value over by `env:` and write `${NAME}`.';
  }
  return `\`${written}\` is not a variable: write \`\${NAME}\` or \`\${NAME:-default}\`, or \`$\${\` for a plain \`\${\`.`;
}

/** Fills in `${NAME}` and `${NAME:-default}`; `$${` stays as `${`. A default also stands for an empty value. */
export function interpolate(
  written: string,
  lookup: Lookup,
  options: InterpolateOptions = {},
): { readonly result: Interpolated; readonly gaps: readonly Gap[] } {
  const stretches: Stretch[] = [];
  const unset: string[] = [];
  const gaps: Gap[] = [];
  let text = '';
  let done = 0;
  const copy = (from: number, to: number): void => {
    if (from < to) stretches.push({ from: text.length, writtenFrom: from, copied: true });
    text += written.slice(from, to);
  };
  const put = (value: string, from: number): void => {
    stretches.push({ from: text.length, writtenFrom: from, copied: false });
    text += value;
  };
  for (const match of written.matchAll(VARIABLE)) {
    const [whole, inside] = match;
    const at = match.index;
    copy(done, at);
    done = at + whole.length;
    if (whole === '$${') {
      put('${', at);
      continue;
    }
    const [, name, otherwise] = INSIDE.exec(inside ?? '') ?? [];
    if (name === undefined) {
      gaps.push({ offset: at, message: malformed(whole, written.slice(at + 2)), malformed: true });
      unset.push(whole);
      copy(at, done);
      continue;
    }
    const found = lookup(name);
    const value = 'value' in found && (found.value !== '' || otherwise === undefined) ? found.value : otherwise;
    if (value === undefined) {
      unset.push(name);
      if ('unset' in found)
        gaps.push({ offset: at, message: found.unset, unset: true, ...(found.via === undefined ? {} : { via: found.via }) });
      put(options.unsetAs?.(text, whole) ?? whole, at);
      continue;
    }
    const fitted = options.fit?.(value, text, name) ?? { value };
    if ('problem' in fitted) {
      gaps.push({ offset: at, message: fitted.problem });
      unset.push(name);
      put(options.unsetAs?.(text, whole) ?? whole, at);
    } else {
      put(fitted.value, at);
    }
  }
  copy(done, written.length);
  return {
    gaps,
    result: {
      text,
      unset,
      changed: stretches.some((stretch) => !stretch.copied),
      written(index) {
        const stretch = stretches.findLast((candidate) => candidate.from <= index);
        if (stretch === undefined) return index;
        return stretch.copied ? stretch.writtenFrom + (index - stretch.from) : stretch.writtenFrom;
      },
    },
  };
}
