import * as z from 'zod';
import { nearestName } from '../criteria/nearest.ts';
import { isConnectionString } from '../database/connection-string.ts';
import type { PlannedDatabase } from '../database/databases.ts';
import { engineOf } from '../database/engine.ts';
import type { Filled } from './filled.ts';
import { once } from './once.ts';
import type { Path } from './path.ts';
import type { Problems } from './problems.ts';
import type { Shapes } from './shape.ts';

/** The name of the database that is started for this run without an entry under `databases:`. */
export const INLINE = 'throwaway';

const databaseSchema = once(() =>
  z.union([
    z.strictObject({
      url: z
        .string()
        .min(1)
        .describe(
          'A postgresql:// URL, mostly from a secret: `"${DATABASE_URL}"`. For indexes and queries of `migrate` also mysql://, mariadb://, `sqlite:path`.',
        ),
    }),
    z.strictObject({
      throwaway: z.literal(true).describe('A fresh PostgreSQL, started when it is first used and gone after the run.'),
    }),
  ]),
);

export const databasesField = once(() =>
  z.record(z.string(), databaseSchema()).describe('Databases by name: `{ main: { url: "${DATABASE_URL}" } }`.'),
);

export interface DatabaseReader {
  use(nameOrUrl: string, path: Path): void;
  /** Those that are in use. */
  readonly used: Readonly<Record<string, PlannedDatabase>>;
}

/** The entries of `databases:`. Each is read when it is used, so that the others need no variables. */
export function databaseReader(filled: Filled, shapes: Shapes, problems: Problems): DatabaseReader {
  const used: Record<string, PlannedDatabase> = {};
  const seen = new Set<string>();
  const all = filled.node(['databases']);
  const names = all?.kind === 'map' ? [...all.entries.keys()] : [];

  function read(name: string): void {
    const path = ['databases', name];
    const raw = shapes.parse(databaseSchema(), { value: filled.value(path), origin: (inner) => [...path, ...inner], name });
    if (raw === undefined) return;
    if ('throwaway' in raw) {
      used[name] = { kind: 'throwaway' };
      return;
    }
    if (filled.isUnset([...path, 'url']) || engineOf(raw.url) !== undefined) used[name] = { kind: 'url', url: raw.url };
    else
      problems.add(
        'Expected a URL such as `postgresql://user:password@host/database`, `mysql://…`, `mariadb://…` or `sqlite:path`.',
        filled.position([...path, 'url']),
      );
  }

  return {
    used,
    use(nameOrUrl, path) {
      if (names.includes(nameOrUrl)) {
        if (!seen.has(nameOrUrl)) read(nameOrUrl);
        seen.add(nameOrUrl);
        return;
      }
      if (nameOrUrl === INLINE) {
        used[INLINE] = { kind: 'throwaway' };
        return;
      }
      if (isConnectionString(nameOrUrl) || filled.isUnset(path)) return;
      const known = [...names, INLINE];
      const nearest = nearestName(nameOrUrl, known);
      const hint =
        nearest === undefined
          ? `Known are ${known.map((name) => `\`${name}\``).join(', ')}, and postgresql:// URLs.`
          : `Did you mean \`${nearest}\`?`;
      problems.add(`There is no \`${nameOrUrl}\` under \`databases:\`. ${hint}`, filled.position(path));
    },
  };
}
