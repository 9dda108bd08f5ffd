import type { Applied, MigrationContext } from './tool.ts';

export interface ToolRun {
  readonly exitCode: number | null;
  readonly durationMs: number;
  readonly stdout: string;
  /** The end of both streams, line by line as they came. */
  readonly output: string;
  readonly warningCount: number;
  /** The first of them. */
  readonly warnings: readonly string[];
}

export interface ToolRequest {
  /** The program and its arguments; secrets are in `env`. */
  readonly command: readonly [string, ...string[]];
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  /** What this tool's warnings look like. */
  readonly warning: RegExp;
  /** Called for each line, with the time of its arrival in milliseconds since the epoch. */
  readonly onLine?: (line: string, at: number) => void;
}

/** Lines kept for the report; a tool may print a million. */
const KEPT_LINES = 400;
const KEPT_WARNINGS = 100;
const LONGEST_LINE = 2000;
/** Migrations of one run that are told one by one. */
const KEPT_MIGRATIONS = 2000;

/** Runs a migration tool and watches what it prints. Its exit code is for the caller to judge. */
export async function runTool(request: ToolRequest, { clock, exec, signal }: MigrationContext): Promise<ToolRun> {
  const { command, directory, env, warning, onLine } = request;
  const [file, ...args] = command;
  const lines: string[] = [];
  const warnings: string[] = [];
  let warningCount = 0;
  const { exitCode, durationMs, stdout } = await exec({
    file,
    args,
    cwd: directory,
    // Python holds back what it prints into a pipe; then no line's time would mean anything.
    // Nor may it leave its caches in the checkout. And nothing may colour what is read here.
    env: { ...env, PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1', NO_COLOR: '1', FORCE_COLOR: '0' },
    signal,
    onLine: (_, whole) => {
      const line = whole.length > LONGEST_LINE ? `${whole.slice(0, LONGEST_LINE)}…` : whole;
      lines.push(line);
      if (lines.length > KEPT_LINES * 2) lines.splice(0, KEPT_LINES);
      if (warning.test(line)) {
        warningCount += 1;
        if (warnings.length < KEPT_WARNINGS) warnings.push(line.trim());
      }
      onLine?.(line, clock.now());
    },
  });
  return { exitCode, durationMs, stdout, output: lines.slice(-KEPT_LINES).join('\n'), warningCount, warnings };
}

/** What a line says of a migration: that it begins, or that it has ended. */
export interface Sighting {
  readonly name: string;
  readonly when: 'begins' | 'ended';
}

interface Move extends Omit<ToolRequest, 'onLine'> {
  readonly sight: (line: string) => Sighting | undefined;
  readonly problem?: (output: string) => string;
}

/** Runs a tool that migrates, and times each migration by the arrival of its lines. */
export async function moveBy({ sight, problem = problemIn, ...request }: Move, context: MigrationContext): Promise<Applied> {
  const seen: { readonly name: string; readonly from: number; to?: number }[] = [];
  let last = context.clock.now();
  const onLine = (line: string, at: number): void => {
    const sighting = sight(line);
    if (sighting === undefined) return;
    const open = seen.at(-1);
    if (sighting.when === 'ended' && open?.name === sighting.name && open.to === undefined) open.to = at;
    else if (seen.length < KEPT_MIGRATIONS) {
      seen.push({
        name: sighting.name,
        from: sighting.when === 'begins' ? at : last,
        ...(sighting.when === 'ended' && { to: at }),
      });
      context.progress(sighting.name);
    }
    last = at;
  };
  const run = await runTool({ ...request, onLine }, context);
  const end = context.clock.now();
  const migrations = seen.map(({ name, from, to }, position) => ({
    name,
    durationMs: Math.max(0, (to ?? seen[position + 1]?.from ?? end) - from),
  }));
  return appliedBy(run, migrations, problem);
}

export function appliedBy(
  { exitCode, durationMs, output, warningCount, warnings }: ToolRun,
  migrations: Applied['migrations'],
  problem: (output: string) => string = problemIn,
): Applied {
  const applied = { durationMs, migrations, warningCount, warnings, output, exitCode };
  return exitCode === 0 ? applied : { ...applied, problem: problem(output) };
}

/** Several runs as one: a tool that undoes one migration at a time. Ends with the first that fails. */
export async function inTurn(count: number, once: () => Promise<Applied>): Promise<Applied> {
  let whole = await once();
  for (let done = 1; done < count && whole.exitCode === 0; done += 1) {
    const next = await once();
    whole = {
      ...next,
      durationMs: whole.durationMs + next.durationMs,
      migrations: [...whole.migrations, ...next.migrations],
      warningCount: whole.warningCount + next.warningCount,
      warnings: [...whole.warnings, ...next.warnings].slice(0, KEPT_WARNINGS),
      output: [...whole.output.split('\n'), ...next.output.split('\n')].slice(-KEPT_LINES).join('\n'),
    };
  }
  return whole;
}

/** The line in which a tool says what went wrong: the last one that looks like it, else the last one. */
export function problemIn(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const telling = lines.findLast((line) =>
    /^\s*(?:FAILED|FATAL|ERROR|Error|error)\b[:\s]|^[\w.]+(?:Error|Exception|Violation): /.test(line),
  );
  return (telling ?? lines.at(-1) ?? 'it printed nothing').trim();
}
