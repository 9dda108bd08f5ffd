import type { LoadResult } from '../result.ts';
import { jtlFacts, responseCode, type Sample, type SampleCounter, sampleCounter, TRANSACTION } from './jmeter-samples.ts';
import type { ResultSource, StreamReader } from './reader.ts';
import { requestTime } from './request-time.ts';
import { unreadable } from './unreadable.ts';
import { eachTag } from './xml.ts';

const SAMPLE = /^(?:httpSample|sample|.*\.sampler\..*|.*SampleResult.*)$/;

/** A JTL with `jmeter.save.saveservice.output_format=xml`: an element for each sample, its sub-samples inside it. */
export const JMETER_XML: StreamReader = {
  tool: 'jmeter',
  format: 'JTL (XML)',
  recognises: (head) => /^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--[\s\S]*?-->\s*)*<testResults[\s>/]/.test(head),
  read,
};

/** A sampler of a plugin may write its sample as an element for each field (XStream), in place of attributes. */
const FIELDS: Readonly<Record<string, string>> = {
  elapsedTime: 't',
  timeStamp: 'ts',
  success: 's',
  label: 'lb',
  responseCode: 'rc',
  responseMessage: 'rm',
  bytes: 'by',
  allThreads: 'na',
};

interface Open {
  readonly attributes: Map<string, string>;
  /** How many elements it is inside of. */
  readonly depth: number;
  readonly line: number;
  readonly transaction: boolean;
  /** Whether it is part of a request that is counted: an embedded resource, a redirect. */
  readonly inside: boolean;
}

async function read(source: ResultSource): Promise<LoadResult> {
  const counter = sampleCounter();
  const open: Open[] = [];
  const lacking = new Set<string>();
  let depth = 0;
  let users = 0;
  let parts = 0;
  const cutOff = await eachTag(source, {
    open(name, attributesOf, line) {
      if (SAMPLE.test(name)) {
        const attributes = new Map(attributesOf());
        const outer = open.at(-1);
        const inside = outer !== undefined && (outer.inside || !outer.transaction);
        open.push({ attributes, depth, line, inside, transaction: attributes.get('rm')?.startsWith(TRANSACTION) === true });
      }
      depth += 1;
    },
    close(name, text) {
      depth -= 1;
      const current = open.at(-1);
      if (current === undefined) return;
      const field = depth === current.depth + 1 && Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
      if (field !== undefined && !current.attributes.has(field)) current.attributes.set(field, text());
      if (depth > current.depth) return;
      open.pop();
      if (current.inside) {
        parts += 1;
        return;
      }
      for (const needed of ['s', 'rc', 'ts', 'by']) if (!current.attributes.has(needed)) lacking.add(needed);
      users = Math.max(users, Number(current.attributes.get('na') ?? 0) || 0);
      counter.count(sampleOf(source, current, counter), current.transaction);
    },
  });
  const notes: string[] = [];
  if (parts > 0)
    notes.push(`samples inside requests, such as embedded resources and redirects, are not counted again (${parts})`);
  if (cutOff.length > 0) {
    const lost =
      open.length === 0
        ? ''
        : `; ${open.length === 1 ? 'the last sample is' : `the last ${open.length} samples are`} not counted`;
    notes.push(`the file ends before \`</testResults>\`, as when JMeter is stopped while it writes${lost}`);
  }
  return {
    tool: 'jmeter',
    format: JMETER_XML.format,
    ...counter.finish({ unknown: unknownOf(lacking), stepMs: 1 }),
    checks: new Map(),
    thresholds: [],
    ...jtlFacts({ counter, notes, users, absent: absentOf(lacking) }),
  };
}

function sampleOf(source: ResultSource, { attributes, line, transaction }: Open, counter: SampleCounter): Sample {
  const elapsed = attributes.get('t');
  if (elapsed === undefined)
    throw unreadable(source, 'a sample without its time. Set `jmeter.save.saveservice.time=true`.', line);
  const success = attributes.get('s');
  const codeText = attributes.get('rc');
  const code = codeText === undefined ? undefined : responseCode(codeText);
  return {
    label: counter.label(attributes.get('lb') ?? '', transaction),
    startedAt: numberOf(attributes.get('ts')),
    elapsed: requestTime(source, numberOf(elapsed), () => elapsed, line),
    code,
    timedOut: code?.unanswered === true && /timed out/i.test(attributes.get('rm') ?? ''),
    success: success === undefined ? undefined : success === 'true',
    bytes: numberOf(attributes.get('by')),
  };
}

const numberOf = (text: string | undefined): number => (text === undefined || text.trim() === '' ? Number.NaN : Number(text));

function unknownOf(lacking: ReadonlySet<string>) {
  const unknown: ('failures' | 'timeouts' | 'unanswered' | 'statuses' | 'bytes')[] = [];
  if (lacking.has('rc')) unknown.push('timeouts', 'unanswered', 'statuses');
  if (lacking.has('s') && lacking.has('rc')) unknown.push('failures');
  if (lacking.has('by')) unknown.push('bytes');
  return unknown;
}

function absentOf(lacking: ReadonlySet<string>): Record<string, string> {
  const absent: Record<string, string> = {};
  if (lacking.has('rc')) {
    const reason = 'not all samples have a response code: set `jmeter.save.saveservice.response_code=true`';
    Object.assign(absent, { timeouts: reason, errors: reason, with_timeouts: reason, statuses: reason });
  }
  if (lacking.has('s') && lacking.has('rc')) {
    absent['failures'] = 'not all samples say whether they failed: set `jmeter.save.saveservice.successful=true`';
  }
  if (lacking.has('by')) absent['bytes'] = 'not all samples have bytes: set `jmeter.save.saveservice.bytes=true`';
  if (lacking.has('ts')) {
    absent['duration'] = 'not all samples have times in milliseconds: set `jmeter.save.saveservice.timestamp_format=ms`';
    absent['rate'] = absent['duration'];
  }
  return absent;
}
