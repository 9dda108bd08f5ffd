import type { Figures, LoadResult } from '../../result.ts';
import { type LabelTally, type TallyFacts, tally } from '../../tally.ts';
import type { ResultSource } from '../reader.ts';
import { unreadable } from '../unreadable.ts';
import { labelOf, shortText, targetOf, withoutQuery } from './labels.ts';
import { NO_TAG, tagNumber } from './numbers.ts';

/** What the samples of these metrics tell is kept; all others are passed over. */
const METRICS = [
  'http_reqs',
  'http_req_duration',
  'http_req_failed',
  'checks',
  'data_received',
  'dropped_iterations',
  'vus',
  'vus_max',
  'iterations',
  'grpc_req_duration',
] as const;
export type Metric = (typeof METRICS)[number];

export const isMetric = (name: string): name is Metric => METRICS.some((metric) => metric === name);

/** The requests with one label. */
export interface Requests {
  readonly tally: LabelTally;
  sent: number;
  timed: number;
  failed: number;
}

export interface CheckCounts {
  passes: number;
  fails: number;
}

/** The tags that are looked at. */
export interface Tags {
  readonly name?: string | undefined;
  readonly url?: string | undefined;
  readonly method?: string | undefined;
  /** Of HTTP 0 when there was no answer; of gRPC its own code. */
  readonly status?: string | undefined;
  readonly error_code?: string | undefined;
  readonly check?: string | undefined;
}

export interface Sample {
  readonly metric: Metric;
  readonly value: number;
  /** Milliseconds since the epoch; NaN when the file has none that can be read. */
  readonly at: number;
  readonly tags: Tags;
  /** Of the file, for messages. */
  readonly line: number;
}

/** What k6's samples of one run add up to, whichever of its outputs they are read from. Times are milliseconds. */
export interface Samples {
  /** http_reqs */
  sent(requests: Requests, value: number): void;
  /** http_req_duration, from 0 to `LONGEST`; `at` is the end of the request. */
  timed(requests: Requests, status: number, errorCode: number, value: number, at: number): void;
  /** http_req_failed */
  judged(requests: Requests, value: number): void;
  /** grpc_req_duration, from 0 to `LONGEST` */
  called(calls: Requests, status: number, value: number, at: number): void;
  /** Of HTTP by the tags `method` and `name`, of gRPC by the name. */
  requests(name: string | undefined, method: string | undefined): Requests;
  calls(name: string | undefined): Requests;
  check(name: string): CheckCounts;
  /** A sample that is not among the above, or has not been looked at: it is checked first. */
  add(sample: Sample): void;
  /** A metric that is passed over. */
  saw(metric: string): void;
  finish(facts: OutputFacts): LoadResult;
}

/** What is special to the output that was read. */
export interface OutputFacts {
  readonly format: string;
  /** Thresholds of which the file has only the text. */
  readonly unjudged: number;
  /** Times may have been cut to seconds. */
  readonly mayBeSeconds?: boolean;
  readonly notes: readonly string[];
}

/** No request takes longer: a day, in milliseconds. */
export const LONGEST = 24 * 60 * 60 * 1000;

const REQUEST_TIMEOUT = 1050;
const DIAL_TIMEOUT = 1211;
const DEADLINE_EXCEEDED = 4;

/** By `error_code` (k6's lib/netext/httpext/error_codes.go). Its `error` tag is left out: it may name hosts and URLs. */
const ERRORS: Readonly<Record<number, string>> = {
  1010: 'network error',
  1020: 'invalid URL',
  [REQUEST_TIMEOUT]: 'request timeout',
  1100: 'DNS error',
  1101: 'no such host',
  1110: 'IP address is blocked',
  1111: 'host name is blocked',
  1200: 'TCP error',
  1201: 'broken pipe',
  1210: 'dial error',
  [DIAL_TIMEOUT]: 'dial timeout',
  1212: 'connection refused',
  1220: 'connection reset',
  1300: 'TLS error',
  1310: 'x509: unknown authority',
  1311: 'x509: certificate of another host',
  1600: 'HTTP/2 error',
  1701: 'decompression failed',
};

/** Requests of one protocol. */
function protocol() {
  return {
    tally: tally(),
    labels: new Map<LabelTally, Requests>(),
    sent: 0,
    timed: 0,
    judged: 0,
    withoutStatus: 0,
    /** Got no answer, and the tag that says why is not there. */
    unexplained: 0,
    /** Got no answer, and have a duration of zero. */
    instant: 0,
  };
}
type Protocol = ReturnType<typeof protocol>;

const MOST_CHECKS = 1_000;
const OTHER = '(other)';
const NAMED_METRICS = 8;

export function samples(source: Pick<ResultSource, 'name'>): Samples {
  const http = protocol();
  const grpc = protocol();
  const checks = new Map<string, CheckCounts>();
  const passedOver = new Set<string>();
  let bytes: number | undefined;
  let iterations = 0;
  let dropped = 0;
  let users: number | undefined;
  let usersAllowed: number | undefined;
  let cutQueries = false;
  let wholeSeconds = true;

  const labelled = ({ tally: counted, labels }: Protocol, label: string): Requests => {
    const own = counted.label(label);
    const known = labels.get(own);
    if (known !== undefined) return known;
    const fresh = { tally: own, sent: 0, timed: 0, failed: 0 };
    labels.set(own, fresh);
    return fresh;
  };
  const noted = (name: string | undefined): string | undefined => {
    if (name !== undefined && withoutQuery(name) !== name) cutQueries = true;
    return name;
  };
  const own: Omit<Samples, 'add' | 'finish'> = {
    sent(requests, value) {
      requests.sent += value;
      http.sent += value;
    },
    timed(requests, status, errorCode, value, at) {
      const counted = requests.tally;
      requests.timed += 1;
      http.timed += 1;
      if (wholeSeconds && at % 1000 !== 0) wholeSeconds = false;
      http.tally.span(at - value, value);
      if (status > 0) {
        counted.statuses.set(status, (counted.statuses.get(status) ?? 0) + 1);
        counted.answered(value);
      } else if (status === 0) {
        counted.unanswered += 1;
        counted.gaveUp(value);
        if (errorCode === REQUEST_TIMEOUT || errorCode === DIAL_TIMEOUT) counted.timeouts += 1;
        if (errorCode === NO_TAG) http.unexplained += 1;
        if (value === 0) http.instant += 1;
        const error = ERRORS[errorCode] ?? (errorCode === NO_TAG ? 'no answer' : `error code ${errorCode}`);
        counted.errors.set(error, (counted.errors.get(error) ?? 0) + 1);
      } else {
        http.withoutStatus += 1;
        counted.answered(value);
      }
    },
    judged(requests, value) {
      http.judged += 1;
      if (value !== 0) requests.failed += 1;
    },
    called(calls, status, value, at) {
      const counted = calls.tally;
      calls.timed += 1;
      grpc.timed += 1;
      if (wholeSeconds && at % 1000 !== 0) wholeSeconds = false;
      grpc.tally.span(at - value, value);
      if (status === NO_TAG) grpc.withoutStatus += 1;
      if (status > 0) calls.failed += 1;
      if (status === DEADLINE_EXCEEDED) {
        counted.timeouts += 1;
        counted.gaveUp(value);
      } else counted.answered(value);
      if (status > 0) {
        const error = `gRPC status ${status}`;
        counted.errors.set(error, (counted.errors.get(error) ?? 0) + 1);
      }
    },
    requests: (name, method) => labelled(http, labelOf(noted(name), method)),
    calls: (name) => labelled(grpc, labelOf(noted(name), undefined)),
    check(name) {
      const label = checks.size < MOST_CHECKS ? shortText(name) : checks.has(shortText(name)) ? shortText(name) : OTHER;
      const known = checks.get(label);
      if (known !== undefined) return known;
      const fresh = { passes: 0, fails: 0 };
      checks.set(label, fresh);
      return fresh;
    },
    saw: (metric) => {
      if (passedOver.size < 100) passedOver.add(shortText(metric));
    },
  };

  const checked = ({ metric, value, at, line }: Sample): void => {
    if (!Number.isFinite(value) || value < 0)
      throw unreadable(source, `\`${metric}\` is ${value}, where k6 writes a number from 0 up. ${DAMAGED}`, line);
    if (metric !== 'http_req_duration' && metric !== 'grpc_req_duration') return;
    if (value > LONGEST)
      throw unreadable(source, `a request is said to have taken ${value} ms, which is more than a day. ${DAMAGED}`, line);
    if (Number.isNaN(at)) throw unreadable(source, `the time of a sample cannot be read. ${DAMAGED}`, line);
  };

  return {
    ...own,
    add(sample) {
      checked(sample);
      const { metric, value, at, tags } = sample;
      const { method, check = '' } = tags;
      const name = tags.name ?? tags.url;
      const status = tagNumber(tags.status);
      switch (metric) {
        case 'http_reqs':
          return own.sent(own.requests(name, method), value);
        case 'http_req_duration':
          return own.timed(own.requests(name, method), status, tagNumber(tags.error_code), value, at);
        case 'http_req_failed':
          return own.judged(own.requests(name, method), value);
        case 'grpc_req_duration':
          return own.called(own.calls(name), status, value, at);
        case 'checks': {
          const counts = own.check(check);
          if (value === 0) counts.fails += 1;
          else counts.passes += 1;
          return;
        }
        case 'data_received':
          bytes = (bytes ?? 0) + value;
          return;
        case 'dropped_iterations':
          dropped += value;
          return;
        case 'iterations':
          iterations += value;
          return;
        case 'vus':
          users = Math.max(users ?? 0, value);
          return;
        case 'vus_max':
          usersAllowed = Math.max(usersAllowed ?? 0, value);
      }
    },
    finish({ format, unjudged, mayBeSeconds = false, notes: given }) {
      const isHttp = http.timed + http.sent + http.judged > 0;
      const chosen = isHttp ? http : grpc.timed > 0 ? grpc : undefined;
      const notes = [...given];
      const absent: Record<string, string> = {};
      if (unjudged > 0) {
        notes.push(
          `the file has the text of ${unjudged} ${unjudged === 1 ? 'threshold' : 'thresholds'}, not whether they were met`,
        );
        absent['failed_thresholds'] =
          `k6’s ${format} has the text of thresholds, not whether they were met; --summary-export=summary.json has it`;
      }
      const counted =
        chosen === undefined
          ? nothing([...passedOver], iterations, absent)
          : isHttp
            ? httpFigures(http, notes, absent)
            : grpcFigures(grpc, notes, absent);
      const figures = mayBeSeconds && wholeSeconds ? inWholeSeconds(counted, notes, absent) : counted;
      if (isHttp && grpc.timed > 0) notes.push(`${grpc.timed} gRPC calls are in the file too, and not in these figures`);
      if (cutQueries) notes.push('labels are without the query strings of their URLs');
      const most = usersAllowed ?? users;
      const target = targetOf(figures.labels.keys());
      const droppedKnown = dropped > 0 || iterations > 0;
      return {
        tool: 'k6',
        format,
        all: { ...figures.all, ...(bytes === undefined ? {} : { bytes }) },
        labels: figures.labels,
        checks,
        thresholds: [],
        // k6 writes the metric only when iterations were dropped, and writes all of its metrics.
        ...(droppedKnown ? { droppedIterations: dropped } : {}),
        settings: { ...(target === undefined ? {} : { target }), ...(most === undefined ? {} : { users: most }) },
        overTime: figures.overTime,
        notes,
        absent,
      };
    },
  };
}

const DAMAGED = 'The file is damaged or was not written by k6; write it again.';

type Counted = Pick<LoadResult, 'all' | 'labels' | 'overTime'>;

const NO_REQUESTS = ['requests', 'successes', 'failures', 'timeouts', 'errors', 'rate', 'throughput', 'duration', 'percentiles'];

/** These alone do not tell what the test was about. */
const OF_ANY_TEST = /^(?:iteration_duration|data_sent|group_duration|http_req_\w+)$/;

function nothing(passedOver: readonly string[], iterations: number, absent: Record<string, string>): Counted {
  const named = passedOver.filter((name) => !OF_ANY_TEST.test(name)).slice(0, NAMED_METRICS);
  const counted = { labels: new Map(), overTime: [] };
  // k6 writes every sample: with no iteration and no other protocol, nothing was sent.
  if (named.length === 0 && iterations === 0) return { ...counted, all: { requests: 0, population: {} } };
  const instead = named.length === 0 ? '' : `, only ${named.join(', ')}`;
  const reason = `the file has no samples of HTTP requests or gRPC calls (http_req_duration, grpc_req_duration)${instead}`;
  for (const name of [...NO_REQUESTS, 'success_rate', 'error_rate', 'min', 'mean', 'max', 'statuses']) absent[name] = reason;
  return { ...counted, all: { population: {} } };
}

/** Shorter tests are not timed by whole seconds to within a tenth. */
const SHORTEST_IN_SECONDS = 10_000;

function inWholeSeconds(counted: Counted, notes: string[], absent: Record<string, string>): Counted {
  const { durationMs } = counted.all;
  if (durationMs === undefined) return counted;
  if (durationMs >= SHORTEST_IN_SECONDS) {
    notes.push(
      'times are whole seconds, so duration and rate are within a second; K6_CSV_TIME_FORMAT=unix_milli gives milliseconds',
    );
    return counted;
  }
  for (const name of ['duration', 'rate', 'throughput'])
    absent[name] = 'times are whole seconds, and the test was short: set K6_CSV_TIME_FORMAT=unix_milli for k6';
  return each(counted, ({ durationMs: _, ratePerS: __, ...rest }) => rest);
}

function httpFigures(http: Protocol, notes: string[], absent: Record<string, string>): Counted {
  const { sent, timed, judged, withoutStatus, unexplained, instant } = http;
  const noStatus = timed === 0 || withoutStatus > 0;
  for (const { tally: label, sent: ownSent, timed: ownTimed, failed } of http.labels.values()) {
    label.requests = sent > 0 ? ownSent : ownTimed;
    label.failures = judged > 0 ? failed : failedStatuses(label) + label.unanswered;
  }
  const unknown: TallyFacts['unknown'] = [
    'bytes',
    ...(noStatus ? (['statuses', 'timeouts', 'unanswered'] as const) : []),
    ...(noStatus && judged === 0 ? (['failures'] as const) : []),
    ...(unexplained > 0 && !noStatus ? (['timeouts'] as const) : []),
  ];
  if (timed !== sent || timed !== judged) {
    notes.push(
      `the counts of k6’s samples do not agree (http_reqs ${sent}, http_req_duration ${timed}, http_req_failed ${judged}): part of the file is missing, or the script switched some off`,
    );
  }
  if (judged === 0 && !noStatus)
    notes.push('there is no http_req_failed: failures are statuses of 400 and more and requests without an answer');
  if (instant > 0) {
    notes.push(
      `${instant} ${instant === 1 ? 'request' : 'requests'} without an answer (refused connections, say) count with a duration of 0, which lowers k6’s percentiles and these: judge p95.with_timeouts`,
    );
  }
  const reason = 'the samples have no `status` and `error_code`: leave both among the --system-tags of k6';
  if (noStatus) {
    for (const name of [
      'timeouts',
      'errors',
      'statuses',
      ...(judged === 0 ? ['failures', 'successes', 'success_rate', 'error_rate'] : []),
    ])
      absent[name] = reason;
  } else if (unexplained > 0) {
    for (const name of ['timeouts', 'errors'])
      absent[name] = 'requests without an answer have no `error_code`: leave it among the --system-tags of k6';
  }
  const counted = http.tally.finish({ population: { failures: true, timeouts: true }, unknown });
  if (timed > 0) return each(counted, (figures) => (answersNothing(figures) ? withoutLatency(figures) : figures));
  for (const name of ['percentiles', 'min', 'mean', 'max', 'duration', 'rate', 'throughput'])
    absent[name] = 'the file has no samples of http_req_duration; give the file that k6 wrote, unfiltered';
  return each(counted, withoutLatency);
}

/** Then the time until each was given up says nothing of the server: a dead one would look fast. */
const answersNothing = ({ requests, unanswered }: Figures): boolean => unanswered !== undefined && unanswered === requests;

const each = (counted: Counted, change: (figures: Figures) => Figures): Counted => ({
  ...counted,
  all: change(counted.all),
  labels: new Map([...counted.labels].map(([name, figures]) => [name, change(figures)])),
});

function grpcFigures(grpc: Protocol, notes: string[], absent: Record<string, string>): Counted {
  const noStatus = grpc.withoutStatus > 0;
  for (const { tally: label, timed, failed } of grpc.labels.values()) {
    label.requests = timed;
    label.failures = failed;
  }
  notes.push('these are gRPC calls (grpc_req_duration); failures are those with a status other than OK');
  if (noStatus) {
    for (const name of ['failures', 'successes', 'success_rate', 'error_rate', 'timeouts'])
      absent[name] = 'the samples have no `status`: leave it among the --system-tags of k6';
  }
  absent['statuses'] = 'gRPC calls have no HTTP status';
  absent['errors'] = 'k6 does not tell a gRPC status that the server gave from one of a call without an answer';
  return grpc.tally.finish({
    population: { failures: true, timeouts: true },
    unknown: ['bytes', 'statuses', 'unanswered', ...(noStatus ? (['failures', 'timeouts'] as const) : [])],
  });
}

function failedStatuses({ statuses }: LabelTally): number {
  let failed = 0;
  for (const [status, count] of statuses) if (status >= 400) failed += count;
  return failed;
}

function withoutLatency({ latency: _, ...rest }: Figures): Figures {
  return rest;
}
