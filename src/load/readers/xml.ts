import type { ResultSource } from './reader.ts';
import { unreadable } from './unreadable.ts';

/** What is seen of an XML file, in order. */
export interface XmlEvents {
  /** A start tag; one that closes itself is followed by its `close`. */
  open(name: string, attributes: () => ReadonlyMap<string, string>, line: number): void;
  /** @param text what stood between the last tag and this end tag; '' when it is more than 64 KiB. */
  close(name: string, text: () => string, line: number): void;
}

const OPENING = 0x3c;
const CLOSING = 0x3e;
const SLASH = 0x2f;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const LINE_FEED = 0x0a;
const LONGEST_TAG = 16 << 20;
const LONGEST_TEXT = 1 << 16;
const FIRST_CAPACITY = 1 << 16;

/**
 * Reads the tags of an XML file in UTF-8, however large, without keeping it.
 *
 * @returns the elements that are open where the file ends, the outermost first; none when it is whole.
 * @throws MeasurementError `unreadable`: tags that do not match, an encoding other than UTF-8.
 */
export async function eachTag(source: Pick<ResultSource, 'name' | 'chunks'>, events: XmlEvents): Promise<readonly string[]> {
  let bytes = Buffer.allocUnsafe(FIRST_CAPACITY);
  let length = 0;
  /** Where text begins that belongs to what closes next. */
  let textStart = 0;
  let line = 1;
  const open: string[] = [];
  const names = new Map<string, string>();

  const countLines = (from: number, to: number): void => {
    for (let at = bytes.indexOf(LINE_FEED, from); at >= 0 && at < to; at = bytes.indexOf(LINE_FEED, at + 1)) line += 1;
  };
  const find = (text: string, from: number): number => {
    const at = bytes.indexOf(text, from, 'latin1');
    return at < 0 || at + text.length > length ? -1 : at;
  };
  const startsWith = (text: string, at: number): boolean =>
    at + text.length <= length && bytes.toString('latin1', at, at + text.length) === text;
  const nameIn = (from: number, to: number): string => {
    let end = from;
    for (let byte = bytes[end] ?? 0; end < to && byte > 0x20 && byte !== SLASH; byte = bytes[end] ?? 0) end += 1;
    const name = bytes.toString('utf8', from, end);
    const known = names.get(name);
    if (known !== undefined) return known;
    names.set(name, name);
    return name;
  };

  /** Past the markup that begins at `at`; -1 when more bytes are needed. */
  const markupEnd = (at: number): number => {
    if (at + 1 >= length) return -1;
    const next = bytes[at + 1];
    if (next === 0x21 || next === 0x3f) {
      // What the first bytes announce can only be told once there are enough of them.
      if (at + 9 > length) return -1;
      const [end, size] = startsWith('<!--', at)
        ? [find('-->', at + 4), 3]
        : startsWith('<![CDATA[', at)
          ? [find(']]>', at + 9), 3]
          : next === 0x3f
            ? [find('?>', at + 2), 2]
            : [find('>', at + 2), 1];
      return end < 0 ? -1 : end + size;
    }
    let quote = 0;
    for (let end = at + 1; end < length; end += 1) {
      const byte = bytes[end] ?? 0;
      if (quote !== 0) {
        if (byte === quote) quote = 0;
      } else if (byte === QUOTE || byte === APOSTROPHE) quote = byte;
      else if (byte === CLOSING) return end + 1;
      else if (byte === OPENING)
        throw unreadable(source, 'a tag begins inside another. Check that the file was not changed or cut.', line);
    }
    return -1;
  };

  const see = (at: number, end: number): void => {
    const first = bytes[at + 1];
    if (first === 0x3f) checkEncoding(source, bytes.toString('latin1', at, end));
    if (first === 0x21 || first === 0x3f) return;
    if (first === SLASH) {
      const name = nameIn(at + 2, end - 1);
      const expected = open.pop();
      if (name !== expected) {
        throw unreadable(
          source,
          `\`</${name}>\` closes what \`<${expected ?? '?'}>\` opened. Check that the file was not changed or cut.`,
          line,
        );
      }
      const [from, to] = [textStart, at];
      events.close(name, () => (to - from > LONGEST_TEXT ? '' : unescaped(bytes.toString('utf8', from, to)).trim()), line);
      return;
    }
    const closed = bytes[end - 2] === SLASH;
    const name = nameIn(at + 1, end - 1);
    events.open(name, () => attributesIn(bytes.toString('utf8', at + 1 + name.length, closed ? end - 2 : end - 1)), line);
    if (closed) events.close(name, () => '', line);
    else open.push(name);
  };

  let from = 0;
  const scan = (): void => {
    for (;;) {
      const at = bytes.indexOf(OPENING, from);
      if (at < 0 || at >= length) {
        from = length;
        return;
      }
      const end = markupEnd(at);
      if (end < 0) {
        if (length - at > LONGEST_TAG) throw unreadable(source, 'a tag or a comment that begins here does not end.', line);
        from = at;
        return;
      }
      countLines(textStart, at);
      see(at, end);
      countLines(at, end);
      textStart = end;
      from = end;
    }
  };

  for await (const chunk of source.chunks()) {
    // Long texts are let go of, for nobody asks for them.
    if (from - textStart > LONGEST_TEXT) {
      countLines(textStart, from - LONGEST_TEXT - 1);
      textStart = from - LONGEST_TEXT - 1;
    }
    const rest = length - textStart;
    if (rest + chunk.length > bytes.length) {
      const larger = Buffer.allocUnsafe(2 * (rest + chunk.length));
      bytes.copy(larger, 0, textStart, length);
      bytes = larger;
    } else bytes.copyWithin(0, textStart, length);
    chunk.copy(bytes, rest);
    from -= textStart;
    textStart = 0;
    length = rest + chunk.length;
    scan();
  }
  return open;
}

function checkEncoding(source: { readonly name: string }, declaration: string): void {
  const [, encoding] = /^<\?xml[^>]*\sencoding=["']([^"']+)["']/.exec(declaration) ?? [];
  if (encoding === undefined || /^(?:utf-?8|us-ascii|ascii)$/i.test(encoding)) return;
  throw unreadable(source, `the file says that it is in ${encoding.slice(0, 40)}; convert it to UTF-8.`, 1);
}

const ATTRIBUTE = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

function attributesIn(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', double, single = ''] of text.matchAll(ATTRIBUTE)) attributes.set(name, unescaped(double ?? single));
  return attributes;
}

const ENTITY = /&(?:#x([0-9a-f]+)|#(\d+)|(lt|gt|amp|quot|apos));/gi;
const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const HIGHEST = 0x10ffff;

function unescaped(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(ENTITY, (whole: string, hex?: string, decimal?: string, named?: string) => {
    if (named !== undefined) return NAMED[named.toLowerCase()] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= HIGHEST ? String.fromCodePoint(code) : whole;
  });
}
