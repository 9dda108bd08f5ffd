import { onCancel } from './runner/signals.ts';

/**
 * The one entry: which face, by what the process was started with. Both faces are loaded only when they are the one.
 *
 *   index.js action <phase>     a composite action's gate
 *   index.js action close       a composite action's closing step
 *   index.js                    the root action: main, or post when main has left its state; on a terminal, the help
 *   index.js <command> …        the command line
 */
async function main(): Promise<number> {
  const { argv, env } = process;
  const [first, second] = argv.slice(2);
  const asAction = first === 'action' || (first === undefined && env['GITHUB_ACTIONS'] === 'true');
  const cancellation = onCancel(process);
  try {
    if (asAction) {
      const { stateFileFrom } = await import('./actions/inputs.ts');
      const left = stateFileFrom(env);
      if (second === 'close' || (first === undefined && left !== undefined)) {
        const { closeAction } = await import('./actions/close.ts');
        if (left !== undefined) await closeAction(left, env);
        return 0;
      }
      const { runGateAction } = await import('./actions/run.ts');
      return await runGateAction(second, env, cancellation.signal);
    }
    const [{ runCommandLine }, { processTerminal }] = await Promise.all([import('./cli/run.ts'), import('./cli/terminal.ts')]);
    const terminal = processTerminal(process);
    const status = await runCommandLine(argv.slice(2), env, cancellation.signal, terminal);
    await terminal.flushed();
    // All is said and done. By itself, Node would take its heap apart first.
    process.exit(status);
  } finally {
    cancellation.dispose();
  }
}

process.exitCode = await main().catch((error: unknown) => {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`This is a bug in Holdpoint; nothing is known to be good.\n${stack}\n`);
  return 3;
});
// A socket that somebody left open must not keep a gate that has its verdict.
setTimeout(() => process.exit(), 1_000).unref();
