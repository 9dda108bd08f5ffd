import { mkdtempSync, promises, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from './clock.ts';
import { nodeExec } from './exec.ts';
import type { Environment, Log, Ports, Secrets } from './ports.ts';

export interface MachineOptions {
  readonly env: Environment;
  /** The plan's relative paths start here. */
  readonly directory: string;
  readonly signal: AbortSignal;
  readonly secrets: Secrets;
  readonly log: Log;
}

/** Gives work the real world, and takes away afterwards what it left in the temporary folder. */
export async function onMachine<Result>(options: MachineOptions, work: (ports: Ports) => Promise<Result>): Promise<Result> {
  const env = withoutInputs(options.env);
  const temporaryDirectory = mkdtempSync(join(env['RUNNER_TEMP'] || tmpdir(), 'holdpoint-'));
  try {
    return await work({
      ...options,
      log: maskedLog(options.log, options.secrets),
      env,
      clock: systemClock,
      exec: nodeExec(env),
      fetch: globalThis.fetch,
      temporaryDirectory,
    });
  } finally {
    await removeFolder(temporaryDirectory);
  }
}

/** Most runs leave nothing in it, and an empty folder is gone at once. */
async function removeFolder(folder: string): Promise<void> {
  try {
    rmdirSync(folder);
  } catch {
    await promises.rm(folder, { recursive: true, force: true });
  }
}

/** What a program of the plan prints may hold a secret, and not every log is GitHub's, which masks by itself. */
function maskedLog(log: Log, secrets: Secrets): Log {
  return {
    info: (text) => log.info(secrets.mask(text)),
    warn: (text) => log.warn(secrets.mask(text)),
    error: (text) => log.error(secrets.mask(text)),
    debug: (text) => log.debug(secrets.mask(text)),
  };
}

/** The action's inputs, the token among them, are no business of the programs that a plan starts. */
function withoutInputs(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(INPUT_|STATE_|HOLDPOINT_STATE$)/.test(name)));
}
