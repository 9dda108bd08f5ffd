import type { MigrationContext } from './tool.ts';

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
    // Nor may it leave its caches in the checkout.
    env: { ...env, PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1' },
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

/** The line in which a tool says what went wrong: the last one that looks like it, else the last one. */
export function problemIn(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const telling = lines.findLast((line) =>
    /^\s*(?:FAILED|FATAL|ERROR|Error|error)\b[:\s]|^[\w.]+(?:Error|Exception|Violation): /.test(line),
  );
  return (telling ?? lines.at(-1) ?? 'it printed nothing').trim();
}
