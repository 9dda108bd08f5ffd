import { readResult } from '../src/load/readers/read.ts';
import { summaryOf } from '../src/load/summary.ts';

/** A child process of load-results.ts: reads one result file and prints what `holdpoint load read --json` does. */
const path = process.argv[2] ?? '';
console.log(JSON.stringify(summaryOf(await readResult(path, path))));
