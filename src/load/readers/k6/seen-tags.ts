import { NO_TAG } from './numbers.ts';
import { hashOf, isAt, keep, type Segment } from './same-bytes.ts';
import type { CheckCounts, Requests } from './samples.ts';

/** Tags that were met, and what they stand for. Offsets are from where they begin; a name that is not there is of no length and at 0. */
export interface SeenTags extends Segment {
  nameFrom: number;
  nameTo: number;
  methodFrom: number;
  methodTo: number;
  checkFrom: number;
  checkTo: number;
  status: number;
  errorCode: number;
  requests: Requests | undefined;
  check: CheckCounts | undefined;
  /** Those that followed last time. */
  next: SeenTags | undefined;
}

/** The metrics that share one have the same tags one after the other. */
export interface Memory {
  last: SeenTags;
}

export const noTags = (): SeenTags => ({
  length: 0,
  words: new Float64Array(32),
  nameFrom: 0,
  nameTo: 0,
  methodFrom: 0,
  methodTo: 0,
  checkFrom: 0,
  checkTo: 0,
  status: NO_TAG,
  errorCode: NO_TAG,
  requests: undefined,
  check: undefined,
  next: undefined,
});

/** Tags beyond so many take the place of others. */
const PLACES = 1 << 12;

/** All tags that were met in one file. */
export interface TagStore {
  /**
   * The offset after the tags at `from`, or 0 when there are none; they are the memory's last then. Where they are not those that were expected, `endOf` tells their end
   * and `fill` what they stand for; it gives false when it cannot.
   */
  after(
    view: DataView,
    from: number,
    limit: number,
    memory: Memory,
    endOf: () => number,
    fill: (into: SeenTags, from: number, end: number) => boolean,
  ): number;
}

export function tagStore(): TagStore {
  const places: (SeenTags | undefined)[] = Array.from({ length: PLACES }, () => undefined);
  return {
    after(view, from, limit, memory, endOf, fill) {
      const { last } = memory;
      if (isAt(last, view, from, limit)) return from + last.length;
      const { next } = last;
      if (next !== undefined && isAt(next, view, from, limit)) {
        memory.last = next;
        return from + next.length;
      }
      const end = endOf();
      if (end - from < 8) return 0;
      const place = hashOf(view, from, end) & (PLACES - 1);
      const known = places[place];
      const tags = known ?? noTags();
      if (tags.length !== end - from || !isAt(tags, view, from, limit)) {
        clear(tags);
        if (!fill(tags, from, end)) return 0;
        keep(tags, view, from, end - from);
        places[place] = tags;
      }
      last.next = tags;
      memory.last = tags;
      return end;
    },
  };
}

function clear(tags: SeenTags): void {
  tags.length = 0;
  tags.nameFrom = tags.nameTo = 0;
  tags.methodFrom = tags.methodTo = 0;
  tags.checkFrom = tags.checkTo = 0;
  tags.status = tags.errorCode = NO_TAG;
  tags.requests = undefined;
  tags.check = undefined;
}
