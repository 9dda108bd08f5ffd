import type { Clock } from '../checklist/clock.ts';

/** Process environment, or what a test gives in its place. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface ExecRequest {
  /** The program, looked up on PATH. Never a shell line: a shell is asked for by `['bash', '-c', line]`. */
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Added to the process environment. Secrets go here, never into `args`. */
  readonly env?: Environment;
  readonly input?: string;
  /** Called for each complete line as it arrives. */
  readonly onLine?: (stream: 'stdout' | 'stderr', line: string) => void;
  /** Aborting stops the child and every process it started, within two seconds. */
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Keep at most this many bytes of each stream, the last ones. Default 1 MiB. */
  readonly keepBytes?: number;
}

export interface ExecResult {
  /** null when the process was stopped by a signal. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
  readonly timedOut: boolean;
}

/** Runs a program. Throws `MeasurementError('tool_missing')` when it does not exist. */
export type Exec = (request: ExecRequest) => Promise<ExecResult>;

/** What must never be shown. Everything that leaves the process goes through `mask`. */
export interface Secrets {
  /** Adds a secret value, and its URL-encoded and base64 forms. Values shorter than four characters are not masked. */
  add(value: string): void;
  /** Adds the password of a connection string or URL, when it has one. */
  addUrl(url: string): void;
  mask(text: string): string;
}

export interface Log {
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
  debug(text: string): void;
}

/** The world, as the phases, probes and tasks are given it. */
export interface Ports {
  readonly clock: Clock;
  readonly env: Environment;
  readonly exec: Exec;
  readonly fetch: typeof globalThis.fetch;
  readonly secrets: Secrets;
  readonly log: Log;
  /** Relative paths of the plan start here: the repository's root. */
  readonly directory: string;
  /** A folder for files that go with the run; exists. */
  readonly temporaryDirectory: string;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
}
