import { TOOLS } from '../result.ts';
import { isObject, type JsonObject, numberAt, textAt } from './json.ts';

const KNOWN = TOOLS.filter((tool) => tool !== 'mapped' && tool !== 'holdpoint').join(', ');

/** What a file that no reader takes looks like, and what to do about it. */
export function looksLike(head: string, document?: unknown): string {
  const start = head.trimStart();
  const advice = `Give the file that the load tool wrote: results of ${KNOWN} are read.`;
  if (start === '') return `there is nothing but blanks in it, so nothing was measured. ${advice}`;
  if (/^<!doctype html|^<html|^<head|^<body/i.test(start)) {
    const title = /<title>\s*([^<]{1,60}?)\s*<\/title>/i.exec(start)?.[1];
    const shown = title === undefined ? '' : ` (“${title}”)`;
    return `this is an HTML page${shown}, such as a server or a download answers with in place of the file. ${advice}`;
  }
  if (start.startsWith('<'))
    return `this is XML with the root \`${/^<(?:\?[^>]*\?>\s*<)?([\w:.-]+)/.exec(start)?.[1] ?? '?'}\`, and no result that is known. ${advice}`;
  const known = knownElsewhere(start, document);
  if (known !== undefined) return known;
  if (head.includes('\0')) return `this is a binary file. ${advice}`;
  if (Array.isArray(document)) return `this is a JSON list, and no result that is known. ${advice}`;
  if (typeof document === 'object' && document !== null) {
    const keys = Object.keys(document).slice(0, 6);
    const shown = keys.length === 0 ? 'without keys' : `with the keys ${keys.map((key) => `\`${key.slice(0, 30)}\``).join(', ')}`;
    return `this is JSON ${shown}, and no result that is known. ${advice}`;
  }
  const [line = ''] = start.split(/\r?\n/, 1);
  return `it starts with “${line.slice(0, 80)}”, which no known result does. ${advice}`;
}

/** What is often given by mistake, and what to give in its place. */
function knownElsewhere(start: string, document: unknown): string | undefined {
  if (isObject(document)) {
    if (textAt(document, '$schema') !== undefined) return 'this is a JSON Schema, which describes results and holds none.';
    return isBencher(document)
      ? 'this is Bencher’s metric format: figures of benchmarks, without requests. Give the result of the load tool that they were made from.'
      : undefined;
  }
  if (/^(?:usersPerSec|customSla|phases|scenario):/m.test(start) && /^http:/m.test(start))
    return 'this looks like a benchmark of Hyperfoil, which says what to run and not what came of it. Hyperfoil’s results are not read.';
  if (/^Requests\s+\[total, rate, throughput\]/m.test(start))
    return 'this is vegeta’s report for people. Give `vegeta report -type=json`, or the results themselves: `vegeta encode --to csv`.';
  if (/^│ Latency │/m.test(start))
    return 'this is the table that autocannon prints for people. Give what `autocannon -j` prints.';
  if (/^Summary:\s*\n\s+Success rate:/m.test(start))
    return 'this is what oha prints for people. Give what `oha --output-format json` prints.';
  return undefined;
}

/** Names, each with measures, each with a value (https://bencher.dev/docs/reference/bencher-metric-format). */
function isBencher(document: JsonObject): boolean {
  const benchmarks = Object.values(document);
  const measures = benchmarks.flatMap((benchmark) => (isObject(benchmark) ? Object.values(benchmark) : [undefined]));
  return measures.length > 0 && measures.every((measure) => isObject(measure) && numberAt(measure, 'value') !== undefined);
}
