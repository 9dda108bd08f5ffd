import { promises } from 'node:fs';
import { join } from 'node:path';
import type { Checklist } from '../checklist/model.ts';
import type { Sink } from '../checklist/sink.ts';
import type { Locale } from '../criteria/value.ts';

export interface ReportFiles extends Sink {
  /** Of the JSON report, once it is written. */
  readonly path: string | undefined;
}

/** Writes the report as `<phase>.json`, `<phase>.html` and `<phase>.junit.xml` into a folder, which is made when it is not there. */
export function reportFilesSink(directory: string, locale: Locale): ReportFiles {
  let written: string | undefined;
  return {
    name: 'report files',
    get path() {
      return written;
    },
    open: () => Promise.resolve(),
    update() {
      // A report is of the end.
    },
    async close(checklist) {
      try {
        written = await write(checklist, directory, locale);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new Error(`The report could not be written into ${directory}: ${why}.`, { cause: error });
      }
    },
  };
}

async function write(checklist: Checklist, directory: string, locale: Locale): Promise<string> {
  const [{ renderHtml }, { renderJson }, { renderJunit }] = await Promise.all([
    import('../report/html.ts'),
    import('../report/json.ts'),
    import('../report/junit.ts'),
    promises.mkdir(directory, { recursive: true }),
  ]);
  const path = (extension: string) => join(directory, `${checklist.phase}.${extension}`);
  await Promise.all([
    promises.writeFile(path('json'), `${JSON.stringify(renderJson(checklist), null, 2)}\n`),
    promises.writeFile(path('html'), renderHtml(checklist, { locale })),
    promises.writeFile(path('junit.xml'), renderJunit(checklist, locale)),
  ]);
  return path('json');
}
