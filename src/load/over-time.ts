import type { PercentileAt } from './result.ts';
import { type Sketch, sketch } from './sketch.ts';

/** A percentile over time, by stretches of equal length. */
export interface OverTime {
  /** @param at milliseconds; of any start, in any order. */
  add(at: number, milliseconds: number): void;
  /** One point for each stretch that has any, at its start. */
  points(): readonly PercentileAt[];
}

/** A chart has no use for more. */
const MOST_STRETCHES = 240;
const ACCURACY = 0.01;
const SECOND = 1000;

/** The 95th percentile of each second, or of longer stretches once there are too many. Within 1 %. */
export function p95OverTime(): OverTime {
  let length = SECOND;
  let stretches = new Map<number, Sketch>();
  const halve = (): void => {
    length *= 2;
    const merged = new Map<number, Sketch>();
    for (const [index, each] of stretches) {
      const half = Math.floor(index / 2);
      const known = merged.get(half);
      if (known === undefined) merged.set(half, each);
      else known.merge(each);
    }
    stretches = merged;
  };
  return {
    add(at, milliseconds) {
      const index = Math.floor(at / length);
      let stretch = stretches.get(index);
      if (stretch === undefined) {
        stretch = sketch(ACCURACY);
        stretches.set(index, stretch);
      }
      // Before they are merged, which may be with another.
      stretch.add(milliseconds);
      while (stretches.size > MOST_STRETCHES) halve();
    },
    points() {
      const ascending = [...stretches].sort(([one], [other]) => one - other);
      return ascending.flatMap(([index, each]) => {
        const milliseconds = each.atRank(Math.ceil(0.95 * each.count) - 1);
        return milliseconds === undefined ? [] : [{ at: index * length, milliseconds }];
      });
    },
  };
}
