import { MeasurementError } from '../checklist/errors.ts';
import type { Ports } from '../runner/ports.ts';
import { isOtherEngine } from './engine.ts';
import type { IndexExpectation } from './index-expectation.ts';
import type { IndexRules } from './index-rules.ts';
import type { IndexCheck } from './indexes.ts';

/** What is expected of the indexes of one database. */
export interface ExpectedIndexes {
  readonly indexes: readonly IndexExpectation[];
  /** A file of SQL whose indexes are expected too. */
  readonly from: string | undefined;
  readonly rules?: IndexRules | undefined;
}

export interface CheckedIndexes {
  readonly check: IndexCheck;
  /** Those of the file; their answers come after those of `indexes`. */
  readonly fromFile: readonly IndexExpectation[];
}

/**
 * Compares a database of any kind with what is expected of its indexes.
 *
 * @param tell is told the round trips, also when it fails.
 */
export async function checkExpectedIndexes(
  url: string,
  { indexes, from, rules }: ExpectedIndexes,
  ports: Ports,
  tell: (roundTrips: number) => void = () => undefined,
): Promise<CheckedIndexes> {
  if (isOtherEngine(url)) {
    if (from !== undefined) {
      throw new MeasurementError(
        'unsupported',
        'The indexes of a file (`indexes: from:`) are read by a throwaway PostgreSQL, and this database is none. Take `from` out, and list the indexes.',
      );
    }
    const [{ withEngineSession }, { checkEngineIndexes }] = await Promise.all([
      import('./engines/session.ts'),
      import('./engines/engine-indexes.ts'),
    ]);
    const check = await withEngineSession(url, ports, (session) =>
      checkEngineIndexes(session, indexes, rules).finally(() => tell(session.roundTrips())),
    );
    return { check, fromFile: [] };
  }
  const [{ withSession }, { checkIndexes }] = await Promise.all([import('./client.ts'), import('./indexes.ts')]);
  const fromFile = from === undefined ? [] : await (await import('./schema-file.ts')).indexesOfSchemaFile(from, ports);
  const check = await withSession(url, ports, (session) =>
    checkIndexes(session, [...indexes, ...fromFile], rules).finally(() => tell(session.roundTrips())),
  );
  return { check, fromFile };
}
