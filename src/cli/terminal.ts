/** One of a process's output streams. */
export interface Stream {
  readonly colour: boolean;
  /** Columns of a terminal; undefined when it is a file or a pipe. */
  readonly columns: number | undefined;
}

/** Where the command line writes. */
export interface Terminal {
  readonly output: Stream;
  readonly errors: Stream;
  /** Standard output. Resolves once the text has been handed on. */
  out(text: string): Promise<void>;
  /** Standard error. */
  error(text: string): Promise<void>;
}

/** The process's own terminal. Honours NO_COLOR and FORCE_COLOR, as no-color.org describes them; a CI log is no terminal. */
export function processTerminal({ stdout, stderr, env }: NodeJS.Process): Terminal {
  const streamOf = (stream: NodeJS.WriteStream): Stream => {
    const live = stream.isTTY === true && !env['CI'] && env['TERM'] !== 'dumb';
    const colour = env['NO_COLOR'] ? false : env['FORCE_COLOR'] ? env['FORCE_COLOR'] !== '0' : live;
    return { colour, columns: live ? stream.columns : undefined };
  };
  const writer = (stream: NodeJS.WriteStream) => (text: string) =>
    new Promise<void>((resolve) => {
      // A reader that has gone away (`| head`) is no error of the gate's.
      stream.write(text, () => resolve());
    });
  for (const stream of [stdout, stderr]) stream.on('error', () => undefined);
  return { output: streamOf(stdout), errors: streamOf(stderr), out: writer(stdout), error: writer(stderr) };
}
