/** A line such as `::error file=a.yml,line=3::message`. */
export interface WorkflowCommand {
  readonly command: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
  /** `title`, `file`, `line`, `col`, `endLine`, `endColumn`, as far as given. */
  readonly properties: Readonly<Record<string, string>>;
}

const COMMANDS = [
  'error',
  'warning',
  'notice',
  'debug',
  'group',
  'endgroup',
  'add-mask',
  'add-matcher',
  'remove-matcher',
  'echo',
  'stop-commands',
];

/** Undefined for a line that the runner would print as it is. */
export function parseCommand(line: string): WorkflowCommand | undefined {
  const [, command, rawProperties = '', rawData = ''] = /^\s*::([a-z-]+)(?: (.*?))?::(.*)$/s.exec(line) ?? [];
  if (command === undefined || !COMMANDS.includes(command)) return undefined;
  const properties = rawProperties
    .split(',')
    .map((pair) => pair.trim().split(/=(.*)/s))
    .flatMap(([key, value]) => (key && value ? [[key, unescapeProperty(value)] as const] : []));
  return { command, properties: Object.fromEntries(properties), data: unescapeData(rawData) };
}

export function annotationOf({ command, data, properties }: WorkflowCommand): Annotation | undefined {
  if (command !== 'error' && command !== 'warning' && command !== 'notice') return undefined;
  return { level: command, message: data, properties };
}

function unescapeData(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

function unescapeProperty(text: string): string {
  return unescapeData(text.replaceAll('%3A', ':').replaceAll('%2C', ','));
}
