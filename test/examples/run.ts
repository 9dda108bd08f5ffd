import { spawn } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { temporaryFolder } from '../support/ports.ts';

const ROOT = join(import.meta.dirname, '../..');

const reportSchema = z.object({
  verdict: z.string(),
  reason_code: z.string(),
  headline: z.string(),
  items: z.array(
    z.object({
      title: z.string(),
      state: z.string(),
      reason_code: z.string(),
      message: z.string().optional(),
    }),
  ),
});

export interface Run {
  readonly exitCode: number | null;
  readonly verdict: string;
  readonly reason: string;
  readonly headline: string;
  /** `Redis answers: error connection_refused`, for each item that neither passed nor was skipped. */
  readonly trouble: readonly string[];
  /** The same for every item. */
  readonly lines: readonly string[];
  /** What went to the terminal. */
  readonly terminal: string;
}

/** A copy of an example that a test may change, and the bundle to run its gates with. */
export interface Example {
  readonly directory: string;
  /** Replaces text in one of its files; fails when it is not there. */
  change(file: string, from: string | RegExp, to: string): void;
  run(command: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Run>;
}

/** @param name the example's folder. */
export function example(name: string): Example {
  const directory = join(temporaryFolder(), name);
  cpSync(join(ROOT, 'examples', name), directory, { recursive: true, filter: (path) => !path.includes('__pycache__') });
  return {
    directory,
    change(file, from, to) {
      const path = join(directory, file);
      const before = readFileSync(path, 'utf8');
      const after = before.replace(from, to);
      if (after === before) throw new Error(`${file} has no ${String(from)}`);
      writeFileSync(path, after);
    },
    async run(command, environment = {}) {
      const bundle = join(ROOT, 'dist/index.js');
      const child = spawn(process.execPath, [bundle, ...command, '--plan', 'holdpoint.yml', '--json'], {
        cwd: directory,
        env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      let terminal = '';
      child.stdout.on('data', (chunk) => (output += chunk));
      child.stderr.on('data', (chunk) => (terminal += chunk));
      const exitCode = await new Promise<number | null>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', resolve);
      });
      if (!output.startsWith('{')) throw new Error(`There is no report (exit code ${exitCode}): ${terminal}`);
      const { items, ...report } = reportSchema.parse(JSON.parse(output));
      const line = (item: (typeof items)[number]): string => `${item.title}: ${item.state} ${item.reason_code}`;
      return {
        exitCode,
        verdict: report.verdict,
        reason: report.reason_code,
        headline: report.headline,
        trouble: items.filter(({ state }) => state !== 'pass' && state !== 'skipped').map(line),
        lines: items.map(line),
        terminal,
      };
    },
  };
}
