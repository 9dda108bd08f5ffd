import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Checklist } from '../checklist/model.ts';
import type { Locale } from '../criteria/value.ts';
import { renderHtml } from '../report/html.ts';
import { renderJson } from '../report/json.ts';
import { renderJunit } from '../report/junit.ts';

/**
 * Writes the report as `<phase>.json`, `<phase>.html` and `<phase>.junit.xml` into a folder, which is made when it is not there.
 *
 * @returns the path of the JSON.
 */
export async function writeReportFiles(checklist: Checklist, directory: string, locale: Locale): Promise<string> {
  await mkdir(directory, { recursive: true });
  const path = (extension: string) => join(directory, `${checklist.phase}.${extension}`);
  await Promise.all([
    writeFile(path('json'), `${JSON.stringify(renderJson(checklist), null, 2)}\n`),
    writeFile(path('html'), renderHtml(checklist, { locale })),
    writeFile(path('junit.xml'), renderJunit(checklist)),
  ]);
  return path('json');
}
