import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { READMES, withTables } from './readme-tables.ts';

/** Writes the tables of the actions' READMEs. With `--check` it writes nothing, and exit status 1 says that one is out of date. */

const ROOT = path.resolve(import.meta.dirname, '../..');
const checkOnly = process.argv.includes('--check');

for (const { phase, file } of READMES) {
  const before = readFileSync(path.join(ROOT, file), 'utf8');
  const after = withTables(before, phase);
  if (after === before) continue;
  if (checkOnly) {
    console.error(`${file}: its tables are not what src/actions/inputs.ts says. Run "npm run generate".`);
    process.exitCode = 1;
  } else {
    writeFileSync(path.join(ROOT, file), after);
    console.log(`${file}: written`);
  }
}
