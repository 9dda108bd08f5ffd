import { MeasurementError } from '../checklist/errors.ts';

/** One sample of an exposition: `http_requests_total{code="200"} 42`. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Exposition {
  readonly samples: readonly Sample[];
  /** By family name, as `# TYPE` says. */
  readonly types: ReadonlyMap<string, string>;
}

const NAME = /[a-zA-Z_:][\w:]*/y;
const LABEL = /([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\\n]|\\.)*)"\s*/y;
const VALUE = /([^\s#]+)(?:[ \t]+[-+\d.eE]+)?[ \t]*(?:#.*)?$/y;

/**
 * Reads Prometheus' text format (0.0.4) and OpenMetrics; timestamps and exemplars are passed over.
 *
 * https://github.com/prometheus/docs/blob/main/docs/instrumenting/exposition_formats.md
 *
 * @throws MeasurementError `bad_response` with the line that is neither.
 */
export function parseExposition(content: string, shown: string): Exposition {
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  let number = 0;
  for (const line of content.split(/\r?\n/)) {
    number += 1;
    if (line.trim() === '') continue;
    if (line.startsWith('#')) {
      const [, name, type] = /^#\s*TYPE\s+(\S+)\s+(\S+)/.exec(line) ?? [];
      if (name !== undefined && type !== undefined) types.set(name, type);
      if (/^# EOF\s*$/.test(line)) break;
      continue;
    }
    const sample = parseSample(line);
    if (!sample) {
      const message = `Line ${number} of ${shown} is not Prometheus text: ${line.slice(0, 80)}. Check that the URL is that of the metrics.`;
      throw new MeasurementError('bad_response', message);
    }
    samples.push(sample);
  }
  return { samples, types };
}

function parseSample(line: string): Sample | undefined {
  NAME.lastIndex = line.length - line.trimStart().length;
  const name = NAME.exec(line)?.[0];
  if (name === undefined) return undefined;
  const afterName = NAME.lastIndex;
  const labelled = parseLabels(line, skipBlanks(line, afterName));
  if (!labelled) return undefined;
  const { labels, end } = labelled;
  const start = skipBlanks(line, end);
  // Only a closing brace ends a name without a blank.
  if (start === afterName) return undefined;
  VALUE.lastIndex = start;
  const written = VALUE.exec(line)?.[1];
  const value = written === undefined ? undefined : sampleValue(written);
  return value === undefined ? undefined : { name, labels, value };
}

function skipBlanks(line: string, start: number): number {
  let at = start;
  while (line[at] === ' ' || line[at] === '\t') at += 1;
  return at;
}

/** `{code="200",path="/a\"b"}`: a comma may stand after the last label. */
function parseLabels(line: string, start: number): { readonly labels: Record<string, string>; readonly end: number } | undefined {
  const labels: Record<string, string> = {};
  if (line[start] !== '{') return { labels, end: start };
  let at = start + 1;
  for (;;) {
    at = skipBlanks(line, at);
    if (line[at] === '}') return { labels, end: at + 1 };
    LABEL.lastIndex = at;
    const [whole, name, value] = LABEL.exec(line) ?? [];
    if (whole === undefined || name === undefined || value === undefined) return undefined;
    labels[name] = unescaped(value);
    at += whole.length;
    if (line[at] === ',') at += 1;
    else if (line[at] !== '}') return undefined;
  }
}

/** `\\`, `\"` and `\n`, the three escapes of a label's value. */
function unescaped(value: string): string {
  return value.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}

function sampleValue(written: string): number | undefined {
  const infinite = /^([-+]?)inf(?:inity)?$/i.exec(written);
  if (infinite) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^[-+]?nan$/i.test(written)) return Number.NaN;
  const value = Number(written);
  return Number.isNaN(value) ? undefined : value;
}
