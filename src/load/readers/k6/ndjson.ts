import type { LoadResult } from '../../result.ts';
import { isObject, listAt, objectAt, textAt } from '../json.ts';
import type { ResultSource, StreamReader } from '../reader.ts';
import { unreadable } from '../unreadable.ts';
import { pointLines } from './point-lines.ts';
import { isMetric, type Samples, samples, type Tags } from './samples.ts';
import { timeIn } from './times.ts';
import { wholeLines } from './whole-lines.ts';

/** `k6 run --out json=results.json`, or `.json.gz`: a line of JSON for each sample, which make no JSON together. */
export const K6_NDJSON: StreamReader = {
  tool: 'k6',
  format: 'NDJSON',
  recognises(head) {
    const [line = ''] = head.trimStart().split(/\r?\n/, 1);
    return (
      /^\{.*"type"\s*:\s*"(?:Metric|Point)"/.test(line) &&
      /"metric"\s*:\s*"|^\{\s*"type"\s*:\s*"(?:Metric|Point)"\s*,\s*"data"/.test(line)
    );
  },
  read: (source) => readNdjson(source),
};

async function readNdjson(source: ResultSource): Promise<LoadResult> {
  const all = samples(source);
  const json = jsonLines(source, all);
  const points = pointLines(all, (text, line) => json.read(text, line));
  const rest = (await wholeLines(source, points.take)).toString('utf8');
  const torn = rest.trim() !== '' && !json.isWhole(rest);
  if (rest.trim() !== '' && !torn) json.read(rest, points.counts.all + 1);
  return all.finish({
    format: 'NDJSON',
    unjudged: json.thresholds,
    notes: torn ? ['the last line is torn, as k6 leaves it when it is killed; 1 line was left out'] : [],
  });
}

/** Reads a file that k6 is still writing, part by part: what it says so far. A line that has not ended yet is kept for the next part. */
export function k6SoFar(name: string): (part: Buffer) => LoadResult {
  const all = samples({ name });
  const json = jsonLines({ name }, all);
  const points = pointLines(all, (text, line) => json.read(text, line));
  let begun = Buffer.alloc(0);
  return (part) => {
    const bytes = Buffer.concat([begun, part]);
    const ended = bytes.lastIndexOf(LINE_END) + 1;
    if (ended > 0) points.take(bytes.subarray(0, ended));
    begun = Buffer.from(bytes.subarray(ended));
    return all.finish({ format: 'NDJSON so far', unjudged: 0, notes: [] });
  };
}

const LINE_END = 0x0a;
const BYTE_ORDER_MARK = '\uFEFF';

/** Any line, by what it says. */
function jsonLines(source: Pick<ResultSource, 'name'>, all: Samples) {
  let thresholds = 0;
  return {
    get thresholds() {
      return thresholds;
    },
    isWhole(text: string): boolean {
      return parsed(text) !== undefined;
    },
    read(text: string, line: number): void {
      const bare = line === 1 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
      if (bare.trim() === '') return;
      const found = parsed(bare);
      const wrong = (what: string) =>
        unreadable(
          source,
          `${what}, where k6 writes one sample as JSON. The file is damaged there: have k6 write it again, and copy it whole.`,
          line,
        );
      if (found === undefined) throw wrong('the line is torn or no JSON');
      const metric = textAt(found, 'metric');
      const data = objectAt(found, 'data');
      const type = textAt(found, 'type');
      if (metric === undefined || data === undefined || (type !== 'Point' && type !== 'Metric'))
        throw wrong('the line is neither a `Point` nor a `Metric`');
      if (type === 'Metric') {
        thresholds += listAt(data, 'thresholds')?.length ?? 0;
        return;
      }
      if (!isMetric(metric)) {
        all.saw(metric);
        return;
      }
      const value = data['value'];
      if (typeof value !== 'number') throw wrong(`\`${metric}\` has no number as its value`);
      all.add({ metric, value, at: timeIn(textAt(data, 'time') ?? ''), tags: tagsOf(objectAt(data, 'tags') ?? {}), line });
    },
  };
}

function parsed(text: string): unknown {
  try {
    const found: unknown = JSON.parse(text);
    return isObject(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function tagsOf(tags: Readonly<Record<string, unknown>>): Tags {
  const text = (name: string): string | undefined => {
    const found = Object.hasOwn(tags, name) ? tags[name] : undefined;
    return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
  };
  return {
    name: text('name'),
    url: text('url'),
    method: text('method'),
    status: text('status'),
    error_code: text('error_code'),
    check: text('check'),
  };
}
