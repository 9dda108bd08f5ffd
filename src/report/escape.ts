/**
 * Text that others wrote (titles, messages, measurements, tool output) on its way into Markdown, HTML, XML and logs.
 * Each function takes any string and gives one that stays inside the place it is written for.
 */

const ESC = String.fromCharCode(0x1b);
const BEL = String.fromCharCode(0x07);
const CSI = String.fromCharCode(0x9b);
/** ECMA-48 sequences: CSI, OSC (to BEL or ST), and two-character escapes. */
const ANSI = new RegExp(
  `(?:${ESC}\\[|${CSI})[0-?]*[ -/]*[@-~]|${ESC}\\][^${BEL}${ESC}\\n]*(?:${BEL}|${ESC}\\\\)|${ESC}[ -/]*[0-~]`,
  'g',
);
/** Direction marks (Trojan source), tag characters, byte order marks, non-characters and lone surrogates. */
const INVISIBLE = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF\uFFF9-\uFFFB\uFFFE\uFFFF\u{E0000}-\u{E007F}]|\p{Cs}/gu;
const LINE_END = /\r\n?|[\u0085\u2028\u2029]/g;
const CONTROL = /(?![\n\t])\p{Cc}/gu;

/** Keeps lines and tabs; drops ANSI escapes, other control characters and what turns the reading direction. */
export function plainLines(text: string): string {
  return text.replace(ANSI, '').replace(LINE_END, '\n').replace(CONTROL, '').replace(INVISIBLE, '');
}

/** As `plainLines`, on one line. */
export function plainLine(text: string): string {
  return plainLines(text).replace(/\s+/g, ' ').trim();
}

/** One line of at most `limit` characters (code points); a longer one ends in `…`. */
export function shortLine(text: string, limit: number): string {
  const line = plainLine(text);
  if (line.length <= limit) return line;
  const points = [...line];
  return points.length <= limit ? line : `${points.slice(0, limit - 1).join('')}…`;
}

const MARKDOWN: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\\': '&#92;',
  '`': '&#96;',
  '*': '&#42;',
  '[': '&#91;',
  ']': '&#93;',
  '|': '&#124;',
  '~': '&#126;',
  $: '&#36;',
  // GitHub looks for mentions and issue numbers in the rendered text, so an entity alone would not stop them.
  '@': '@&#8203;',
  '#': '&#35;&#8203;',
};

/**
 * For running Markdown text and table cells. Specials become entities rather than backslash escapes: an entity means the
 * same in a cell, a heading and an HTML element, and cannot be undone by a backslash before it.
 */
export function markdownText(text: string): string {
  return (
    plainLine(text)
      .replace(/[&<>\\`*[\]|~$@#]/g, (special) => MARKDOWN[special] ?? '')
      .replace(/_/g, (underscore, at: number, whole: string) =>
        // Between word characters an underscore is never emphasis: index names stay readable in the source.
        /[A-Za-z0-9]/.test(whole[at - 1] ?? '') && /[A-Za-z0-9]/.test(whole[at + 1] ?? '') ? underscore : '&#95;',
      )
      // Addresses stay text: what a pull request wrote is no link to follow from a check.
      .replace(/:(?=\/\/)/g, '&#58;')
      .replace(/\b(www)\./gi, '$1&#46;')
      .replace(/^[-+=]/, (marker) => `&#${marker.charCodeAt(0)};`)
      .replace(/^(\d+)([.)])(?=\s|$)/, (_, digits: string, mark: string) => `${digits}&#${mark.charCodeAt(0)};`)
  );
}

/** Inline code. An element, because a code span cannot hold every `|` and backtick inside a table. */
export function markdownCode(text: string): string {
  return `<code>${markdownText(text)}</code>`;
}

/** A fenced block, its fence longer than any run of backticks inside. Starts and ends without a line end. */
export function markdownFence(text: string, language = ''): string {
  const body = plainLines(text).replace(/\n+$/, '');
  const longest = (body.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `${fence}${language}\n${body}\n${fence}`;
}

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const asEntities = (text: string): string => text.replace(/[&<>"']/g, (special) => HTML[special] ?? '');

/** For HTML text and quoted attributes; keeps lines. */
export function html(text: string): string {
  return asEntities(plainLines(text));
}

/** For XML text and quoted attributes: what XML 1.0 cannot hold is dropped; keeps lines. */
export function xml(text: string): string {
  return asEntities(plainLines(text));
}

/** One line for a log or terminal. The runner obeys `::commands` at the start of a line and `##[commands]` anywhere; wrapping may bring any word to the start. */
export function logLine(text: string): string {
  return plainLine(text)
    .replace(/(^| )::/g, '$1: :')
    .replace(/##\[/g, '## [');
}

/** Only http(s) addresses become links; undefined for anything else. */
export function safeUrl(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  const line = plainLine(url);
  return /^https?:\/\/[^\s"'<>\\]+$/i.test(line) ? line : undefined;
}
