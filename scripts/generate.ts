import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { planJsonSchema } from '../src/plan/schema.ts';
import { reportSchema } from '../src/report/schema.ts';
import { asFile, planPage, probesPage, tasksPage } from './reference.ts';

/** Writes the schemas for editors and the reference pages. With `--check` it writes nothing, and exit status 1 says which are out of date. */

const ROOT = path.resolve(import.meta.dirname, '../..');
const checkOnly = process.argv.includes('--check');

const json = (schema: object): string => `${JSON.stringify(schema, null, 2)}\n`;

const FILES: Readonly<Record<string, () => string>> = {
  'schemas/holdpoint.schema.json': () => json(planJsonSchema()),
  'schemas/holdpoint.report.schema.json': () => json({ title: 'Holdpoint report', ...z.toJSONSchema(reportSchema) }),
  'docs/reference/plan.md': () => asFile(planPage()),
  'docs/reference/probes.md': () => asFile(probesPage()),
  'docs/reference/tasks.md': () => asFile(tasksPage()),
};

for (const [file, make] of Object.entries(FILES)) {
  const place = path.join(ROOT, file);
  const content = make();
  if (existsSync(place) && readFileSync(place, 'utf8').replaceAll('\r\n', '\n') === content) continue;
  if (checkOnly) {
    console.error(`${file}: it is not what the schemas and registries say. Run "npm run generate".`);
    process.exitCode = 1;
  } else {
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, content);
    console.log(`${file}: written`);
  }
}
