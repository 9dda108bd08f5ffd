/** Ids that the phases give to steps of their own. */
const RESERVED = /^(?:migrate-(?:database|run|limits)|index-.*|query-\d+|canary-.*|rollback-verification|plan-\d+)$/;
const LONGEST = 60;

/** The ids of one checklist. */
export interface Ids {
  /** Takes an id that the plan gives; false when it is taken. */
  take(id: string): boolean;
  /** Makes an id of a title, and takes it. */
  fromTitle(title: string): string;
}

export function openIds(taken: Iterable<string> = []): Ids {
  const known = new Set(taken);
  return {
    take(id) {
      if (known.has(id) || RESERVED.test(id)) return false;
      known.add(id);
      return true;
    },
    fromTitle(title) {
      const words = slug(title);
      const base = RESERVED.test(words) ? `check-${words}` : words;
      let id = base;
      for (let number = 2; known.has(id); number += 1) id = `${base}-${number}`;
      known.add(id);
      return id;
    },
  };
}

/** A title as words joined by hyphens: `Health check answers` is `health-check-answers`. */
function slug(title: string): string {
  const words = title
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, LONGEST)
    .replace(/-+$/, '');
  return /^\p{L}/u.test(words) ? words : words === '' ? 'item' : `item-${words}`;
}
