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

export interface ProcessTerminal extends Terminal {
  /** Resolves once all that was written has been handed on. */
  flushed(): Promise<void>;
}

/**
 * The process's own terminal. Honours NO_COLOR and FORCE_COLOR, as no-color.org describes them; a CI log is no terminal. A stream is
 * opened when it is first used: Node takes some milliseconds for each.
 */
export function processTerminal(process: NodeJS.Process): ProcessTerminal {
  const last: Record<'out' | 'error', Promise<void>> = { out: Promise.resolve(), error: Promise.resolve() };
  const output = opened(() => process.stdout, process.env);
  const errors = opened(() => process.stderr, process.env);
  return {
    get output() {
      return output().about;
    },
    get errors() {
      return errors().about;
    },
    out(text) {
      last.out = output().write(text);
      return last.out;
    },
    error(text) {
      last.error = errors().write(text);
      return last.error;
    },
    async flushed() {
      await Promise.all([last.out, last.error]);
    },
  };
}

interface Opened {
  readonly about: Stream;
  write(text: string): Promise<void>;
}

function opened(streamOf: () => NodeJS.WriteStream, env: NodeJS.ProcessEnv): () => Opened {
  let made: Opened | undefined;
  return () => {
    made ??= open(streamOf(), env);
    return made;
  };
}

function open(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Opened {
  const live = stream.isTTY === true && !env['CI'] && env['TERM'] !== 'dumb';
  const colour = env['NO_COLOR'] ? false : env['FORCE_COLOR'] ? env['FORCE_COLOR'] !== '0' : live;
  // A reader that has gone away (`| head`) is no error of the gate's.
  stream.on('error', () => undefined);
  return {
    about: { colour, columns: live ? stream.columns : undefined },
    write: (text) =>
      new Promise<void>((resolve) => {
        stream.write(text, () => resolve());
      }),
  };
}
