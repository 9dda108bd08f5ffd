import { cutToBytes } from '../report/budget.ts';
import { logLine, plainLines, shortLine } from '../report/escape.ts';
import { JOB_SUMMARY_BYTES } from '../report/markdown.ts';
import type { Environment, Log } from './ports.ts';

/** A remark that GitHub shows on the run's page, and at the line of the file when it is part of the change. */
export interface LogAnnotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
  readonly title?: string;
  /** From the repository's root. */
  readonly file?: string;
  /** Counts from 1. */
  readonly line?: number;
}

/**
 * What GitHub's runner is told, by its files and by workflow commands on standard output. Text is made safe here: whatever it holds,
 * it is never taken for a command.
 */
export interface RunnerProtocol {
  readonly log: Log;
  setOutput(name: string, value: string): void;
  /** Adds Markdown to the step's summary, cut to what is left of its 1 MiB. */
  appendSummary(markdown: string): Promise<void>;
  /** Lines that fold under a title. */
  group(title: string, lines: readonly string[]): void;
  /** GitHub keeps ten of a level from each step; what comes after is a plain line of the log. */
  annotate(annotation: LogAnnotation): void;
  /** The runner masks the value in its log from now on. */
  setSecret(value: string): void;
  /** For the post step of the same action, which gets it as `STATE_<name>`. */
  saveState(name: string, value: string): void;
}

/** Whether GitHub's runner started this process. */
export function onRunner(env: Environment): boolean {
  return env['GITHUB_ACTIONS'] === 'true';
}

const ANNOTATIONS_A_LEVEL = 10;
/** The runner cuts a message after 4,096 characters. */
const MESSAGE_LENGTH = 4_000;
const TITLE_LENGTH = 255;

/**
 * Opens the way to the runner. The toolkit is loaded here, so only on a runner; it reads the process's own environment, and `env`
 * says which of the runner's files there are.
 */
export async function runnerProtocol(env: Environment): Promise<RunnerProtocol> {
  const core = await import('@actions/core');
  const used = { error: 0, warning: 0, notice: 0 };

  const annotate = ({ level, message, title, file, line: at }: LogAnnotation): void => {
    const text = shortLine(logLine(message), MESSAGE_LENGTH);
    used[level] += 1;
    if (used[level] > ANNOTATIONS_A_LEVEL) {
      core.info(`${level}: ${text}`);
      return;
    }
    core[level](text, {
      ...(title === undefined ? {} : { title: shortLine(logLine(title), TITLE_LENGTH) }),
      ...(file === undefined ? {} : { file }),
      ...(at === undefined ? {} : { startLine: at }),
    });
  };

  return {
    log: {
      info: (text) => plainLines(text).split('\n').forEach(indented(core.info)),
      warn: (message) => annotate({ level: 'warning', message }),
      error: (message) => annotate({ level: 'error', message }),
      debug: (text) => core.debug(logLine(text)),
    },
    setOutput(name, value) {
      // Without the file the toolkit would print a command that the runner no longer obeys.
      if (env['GITHUB_OUTPUT']) core.setOutput(name, value);
    },
    async appendSummary(markdown) {
      const path = env['GITHUB_STEP_SUMMARY'];
      if (!path) return;
      const { stat } = await import('node:fs/promises');
      const { size } = await stat(path);
      // The runner drops the whole summary when it is too long.
      const fitting = cutToBytes(markdown, Math.max(0, JOB_SUMMARY_BYTES - size));
      if (fitting !== '') await core.summary.addRaw(fitting).write();
    },
    group(title, lines) {
      core.startGroup(shortLine(logLine(title), TITLE_LENGTH));
      lines.forEach(indented(core.info));
      core.endGroup();
    },
    annotate,
    setSecret(value) {
      // The runner masks line by line, and an empty mask would blacken everything.
      for (const part of value.split(/\r?\n/)) if (part.trim() !== '') core.setSecret(part);
    },
    saveState(name, value) {
      if (env['GITHUB_STATE']) core.saveState(name, value);
    },
  };
}

/** Prints a line with its indent, which `logLine` would not keep. */
function indented(print: (text: string) => void): (text: string) => void {
  return (text) => print((/^ */.exec(text)?.[0] ?? '') + logLine(text));
}
