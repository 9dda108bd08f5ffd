import { type Annotation, annotationOf, parseCommand } from './workflow-commands.ts';

/** What the runner makes of the lines that steps print: a masked log, annotations, masks. */
export interface JobLog {
  line(text: string): void;
  /** An error of the runner itself, such as `Process completed with exit code 1.` */
  error(message: string): void;
  mask(text: string): string;
  addMask(value: string): void;
  readonly lines: readonly string[];
  readonly annotations: readonly Annotation[];
  readonly masks: readonly string[];
}

/**
 * Masks are taken as they are, and line by line: unlike the runner, no other spelling (base64, URL-encoded) is guessed, so
 * that a program which leans on that is found out.
 */
export function makeJobLog(onLine: (text: string) => void = () => {}): JobLog {
  const lines: string[] = [];
  const annotations: Annotation[] = [];
  const masks = new Set<string>();
  let resumeToken: string | undefined;

  const mask = (text: string) =>
    [...masks].sort((a, b) => b.length - a.length).reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
  const print = (text: string) => {
    const masked = mask(text);
    lines.push(masked);
    onLine(masked);
  };
  const annotate = (annotation: Annotation) => {
    annotations.push({ ...annotation, message: mask(annotation.message) });
    print(`##[${annotation.level}]${annotation.message}`);
  };
  const addMask = (value: string) => {
    for (const secret of value.split(/\r?\n/)) if (secret.trim() !== '') masks.add(secret);
  };

  return {
    lines,
    annotations,
    get masks() {
      return [...masks];
    },
    mask,
    addMask,
    error: (message) => annotate({ level: 'error', message, properties: {} }),
    line(text) {
      if (resumeToken !== undefined) {
        if (text.trim() === `::${resumeToken}::`) resumeToken = undefined;
        else print(text);
        return;
      }
      const command = parseCommand(text);
      if (!command) return print(text);
      const annotation = annotationOf(command);
      if (annotation) return annotate(annotation);
      if (command.command === 'add-mask') addMask(command.data);
      else if (command.command === 'stop-commands') resumeToken = command.data;
      else if (command.command === 'group') print(`##[group]${command.data}`);
      else if (command.command === 'endgroup') print('##[endgroup]');
      else if (command.command === 'debug') print(`##[debug]${command.data}`);
    },
  };
}
