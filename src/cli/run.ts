import { PlanError, PlanErrors } from '../checklist/errors.ts';
import type { Environment } from '../runner/ports.ts';
import { readArguments, USAGE } from './arguments.ts';
import type { Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

/**
 * The command line.
 *
 * @returns the exit status.
 */
export async function runCommandLine(
  argv: readonly string[],
  env: Environment,
  signal: AbortSignal,
  terminal: Terminal,
): Promise<number> {
  try {
    const command = readArguments(argv);
    switch (command.kind) {
      case 'help':
        terminal.out(USAGE);
        return 0;
      case 'version':
        terminal.out(`${VERSION}\n`);
        return 0;
      case 'validate':
        return await (await import('./validate.ts')).runValidate(command, env, terminal);
      case 'explain':
        return await (await import('./explain.ts')).runExplain(command, terminal);
      case 'load':
        return await (await import('./load.ts')).runLoad(command, terminal);
      case 'indexes':
        return await (await import('./indexes.ts')).runIndexes(command, env, signal, terminal);
      case 'demo':
        return await (await import('./demo.ts')).runDemo(terminal, signal);
      case 'phase':
        return await (await import('./phase.ts')).runPhase(command, env, signal, terminal);
    }
  } catch (error) {
    if (!(error instanceof PlanError) && !(error instanceof PlanErrors)) throw error;
    terminal.error(`${error.message}\n`);
    return 2;
  }
}
