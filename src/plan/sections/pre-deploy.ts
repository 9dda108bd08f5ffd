import * as z from 'zod';
import { readChecks } from '../checks.ts';
import { openIds } from '../ids.ts';
import { once } from '../once.ts';
import { isRecord } from '../plain-data.ts';
import type { PreDeployPlan } from '../plan.ts';
import type { Reader } from '../reader.ts';

const CONCURRENCY = 4;
const AT = ['pre-deploy'];

export const concurrencyField = once(() =>
  z.int().min(1).max(100).describe(`Items that may run at a time; load tests run alone all the same. Default: ${CONCURRENCY}.`),
);

const shape = once(() =>
  z.strictObject({ concurrency: concurrencyField().optional(), items: z.unknown().describe('The items.').optional() }),
);

/** `pre-deploy:` is a list of items, or `{ concurrency, items }`. */
export function readPreDeploy(concurrency: number | undefined, reader: Reader): PreDeployPlan | undefined {
  const written = reader.filled.value(AT);
  if (Array.isArray(written) && written.length === 0) return empty(reader);
  if (!isRecord(written)) return { concurrency: concurrency ?? CONCURRENCY, checks: readChecks(AT, openIds(), reader) };
  if (!Object.keys(written).some((key) => ['items', 'concurrency'].includes(key))) {
    reader.problems.add('`pre-deploy` is a list: each item starts with `- `.', reader.filled.position(AT));
    return undefined;
  }
  const own = reader.shapes.parse(shape(), { value: written, origin: (path) => [...AT, ...path], name: 'pre-deploy' });
  if (!Object.hasOwn(written, 'items')) {
    if (own !== undefined) reader.problems.add('`pre-deploy` needs `items`: a list of items.', reader.filled.position(AT));
    return undefined;
  }
  if (Array.isArray(written['items']) && written['items'].length === 0) return empty(reader);
  const checks = readChecks([...AT, 'items'], openIds(), reader);
  return { concurrency: own?.concurrency ?? concurrency ?? CONCURRENCY, checks };
}

function empty({ problems, filled }: Reader): undefined {
  problems.add('`pre-deploy` has no items, so it would hold nothing. Add one, or take the section away.', filled.position(AT));
}
