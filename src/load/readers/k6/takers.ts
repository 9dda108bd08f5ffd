import { byteNames } from './byte-names.ts';
import { isMetric, LONGEST, type Requests, type Samples } from './samples.ts';
import type { SeenTags } from './seen-tags.ts';

/** The line that is being read from its bytes. */
export interface ReadLine {
  bytes: Buffer;
  /** From 1. */
  number: number;
  value: number;
  /** Milliseconds since the epoch; NaN when it is no time. Worked out when asked for. */
  readonly at: () => number;
}

/** Takes the sample of the line, with its tags and where in the bytes they begin; false when it is one to look at more closely. */
export type Take = (tags: SeenTags, from: number) => boolean;

/**
 * What to do with the samples of a metric; undefined when they are passed over.
 *
 * @param decoded a name, from how the file writes it.
 */
export function takers(samples: Samples, line: ReadLine, decoded: (raw: string) => string): (metric: string) => Take | undefined {
  const requestNames = byteNames((name, method) => samples.requests(decoded(name), decoded(method)));
  const callNames = byteNames((name) => samples.calls(decoded(name)));
  const checkNames = byteNames((name) => samples.check(decoded(name)));
  const requestsOf = (tags: SeenTags, from: number): Requests => {
    const { nameFrom, nameTo, methodFrom, methodTo } = tags;
    tags.requests ??= requestNames.at(line.bytes, from + nameFrom, from + nameTo, from + methodFrom, from + methodTo);
    return tags.requests;
  };
  return (metric) => {
    switch (metric) {
      case 'http_reqs':
        return (tags, from) => {
          samples.sent(requestsOf(tags, from), line.value);
          return true;
        };
      case 'http_req_duration':
        return (tags, from) => {
          const at = line.at();
          if (Number.isNaN(at) || line.value > LONGEST) return false;
          samples.timed(requestsOf(tags, from), tags.status, tags.errorCode, line.value, at);
          return true;
        };
      case 'http_req_failed':
        return (tags, from) => {
          samples.judged(requestsOf(tags, from), line.value);
          return true;
        };
      case 'grpc_req_duration':
        return (tags, from) => {
          const at = line.at();
          if (Number.isNaN(at) || line.value > LONGEST) return false;
          const calls = callNames.at(line.bytes, from + tags.nameFrom, from + tags.nameTo, 0, 0);
          samples.called(calls, tags.status, line.value, at);
          return true;
        };
      case 'checks':
        return (tags, from) => {
          tags.check ??= checkNames.at(line.bytes, from + tags.checkFrom, from + tags.checkTo, 0, 0);
          if (line.value === 0) tags.check.fails += 1;
          else tags.check.passes += 1;
          return true;
        };
      default:
        if (!isMetric(metric)) {
          samples.saw(metric);
          return undefined;
        }
        return () => {
          samples.add({ metric, value: line.value, at: Number.NaN, tags: {}, line: line.number });
          return true;
        };
    }
  };
}
