import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { MeasurementError } from '../../checklist/errors.ts';
import type { MigrationContext } from './tool.ts';

/** The names in a folder of migration files that match, in order. @throws MeasurementError `not_found` when there is no such folder. */
export async function namesIn(
  directory: string,
  path: string,
  name: RegExp,
  { directory: root }: MigrationContext,
): Promise<string[]> {
  const folder = join(directory, path);
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new MeasurementError(
      'not_found',
      `There is no folder of migrations at ${relative(root, folder) || '.'}. Say where it is: \`migrations:\` under \`run:\`.`,
      { cause },
    );
  });
  return names.filter((each) => name.test(each)).sort(byNumberThenName);
}

/** `2_b` before `10_a`, and `20260101` before `20260102`: tools sort by the number in front. */
export function byNumberThenName(a: string, b: string): number {
  const [one, other] = [numberOf(a), numberOf(b)];
  if (one !== undefined && other !== undefined && one !== other) return one < other ? -1 : 1;
  return a < b ? -1 : Number(a > b);
}

function numberOf(name: string): bigint | undefined {
  const digits = /^\D?(\d{1,40})/.exec(name)?.[1];
  return digits === undefined ? undefined : BigInt(digits);
}
