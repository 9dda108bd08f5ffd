import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PHASES, type Phase } from '../checklist/model.ts';
import type { Environment } from './ports.ts';

/**
 * Where a gate shows itself at GitHub: names only, no secret. Written before anything is posted and never changed: what was posted is
 * asked of GitHub, which knows it also of a request whose answer nobody lived to see.
 */
export interface OpenState {
  readonly owner: string;
  readonly repo: string;
  readonly sha: string;
  readonly phase: Phase;
  /** For the reader. A closing step takes the address from its own environment: a file must not say where the token goes. */
  /** By which the gate's own check run is told from others of its name. */
  readonly externalId: string;
}

export interface StateFile {
  readonly path: string;
  /** The whole file or nothing of it is there, whenever the process is killed. */
  write(state: OpenState): Promise<void>;
  /** Everything is closed: nothing is left to do for the step after. */
  clear(): Promise<void>;
}

let files = 0;

/** A state file of its own for this gate, in the runner's folder for the job, which is emptied after it. Not written yet. */
export function stateFile(env: Environment, phase: Phase): StateFile {
  files += 1;
  const folder = env['RUNNER_TEMP'] || tmpdir();
  const path = join(folder, `holdpoint-${phase}-${process.pid}-${Date.now().toString(36)}-${files}.json`);
  const fresh = `${path}.new`;
  let last = Promise.resolve();
  // One after the other, so that the newest state is the one that stays.
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };
  return {
    path,
    write: (state) =>
      inTurn(async () => {
        await mkdir(dirname(path), { recursive: true });
        await writeFile(fresh, `${JSON.stringify(state)}\n`, { mode: 0o600 });
        await rename(fresh, path);
      }),
    clear: () => inTurn(() => rm(path, { force: true })),
  };
}

/** Reads a state file; undefined when it is gone (all was closed), empty or not one of ours. */
export async function readState(path: string): Promise<OpenState | undefined> {
  try {
    const state: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isOpenState(state) ? state : undefined;
  } catch {
    return undefined;
  }
}

function isOpenState(value: unknown): value is OpenState {
  if (typeof value !== 'object' || value === null) return false;
  const at = (name: string): unknown => (Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined);
  return (
    isName(at('owner')) &&
    isName(at('repo')) &&
    isMatch(at('sha'), /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/) &&
    PHASES.some((phase) => phase === at('phase')) &&
    isMatch(at('externalId'), /^[\w.:\- ]{1,400}$/)
  );
}

const isMatch = (value: unknown, pattern: RegExp): boolean => typeof value === 'string' && pattern.test(value);
const isName = (value: unknown): boolean => isMatch(value, /^(?!\.+$)[\w.-]+$/);
