import { parseArgs } from 'node:util';
import { PlanError } from '../checklist/errors.ts';
import { PHASES, type Phase } from '../checklist/model.ts';
import { nearestName } from '../criteria/nearest.ts';
import { LOCALES, type Locale } from '../criteria/value.ts';
import { TOOLS, type Tool } from '../load/result.ts';

/** What the command line asks for. */
export type Command =
  | PhaseCommand
  | { readonly kind: 'validate'; readonly planFile: string; readonly json: boolean; readonly strictEnv: boolean }
  | {
      readonly kind: 'explain';
      readonly criterion: string;
      readonly measurementsFile?: string;
      readonly baselineFile?: string;
      readonly json: boolean;
      readonly locale?: Locale;
    }
  | LoadCommand
  | IndexesCommand
  | { readonly kind: 'demo' }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' };

export interface PhaseCommand {
  readonly kind: 'phase';
  readonly phase: Phase;
  readonly planFile: string;
  readonly json: boolean;
  readonly dryRun: boolean;
  /** A rollback's option. */
  readonly option?: string;
  readonly reportDirectory?: string;
  readonly locale?: Locale;
  readonly colour?: boolean;
  /** Post to GitHub with the environment's GITHUB_TOKEN. */
  readonly post: boolean;
}

export type LoadCommand =
  | {
      readonly kind: 'load';
      readonly action: 'read';
      readonly files: readonly string[];
      readonly json: boolean;
      readonly shards?: number;
      readonly tool?: Tool;
    }
  | { readonly kind: 'load'; readonly action: 'compare'; readonly base: string; readonly now: string; readonly json: boolean };

export type IndexesCommand =
  | {
      readonly kind: 'indexes';
      readonly action: 'snapshot';
      /** A URL, or the name of an environment variable that holds one. */
      readonly database: string;
      readonly schemas?: readonly string[];
    }
  | {
      readonly kind: 'indexes';
      readonly action: 'check';
      /** As above, or a name of the plan's databases. Default: the one that the plan migrates. */
      readonly database?: string;
      readonly planFile: string;
      readonly json: boolean;
    };

export const DEFAULT_PLAN = '.github/holdpoint.yml';

const COMMANDS = [...PHASES, 'validate', 'explain', 'load', 'indexes', 'demo', 'help', 'version'] as const;

const OPTIONS = {
  plan: { type: 'string' },
  json: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  option: { type: 'string' },
  'report-directory': { type: 'string' },
  measurements: { type: 'string' },
  baseline: { type: 'string' },
  locale: { type: 'string' },
  color: { type: 'boolean' },
  'no-color': { type: 'boolean' },
  post: { type: 'boolean' },
  'strict-env': { type: 'boolean' },
  shards: { type: 'string' },
  format: { type: 'string' },
  database: { type: 'string' },
  schema: { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

export const USAGE = `Holdpoint runs deployment checklists as gates.

Usage: holdpoint <command> [options]

Commands
  pre-deploy            Check settings, services, backups and the load test before a deployment
  migrate               Run the migration and prove that every expected index exists and is valid
  canary                Shift traffic step by step, and hold each step inside its limits
  rollback [OPTION]     Carry out a rollback option, and prove that the previous state runs again
  validate              Read the plan and tell everything that is wrong with it
  explain CRITERION     Show how a criterion is read, and with --measurements how it is judged
  load read FILE…       Show what a load tool's result files say; several are parts of one test
  load compare BASE NEW Compare two results of one scenario
  indexes snapshot      Write the indexes of a database as the plan's \`indexes:\`
  indexes check         Check a database against the plan's \`indexes:\`, without a migration
  demo                  Watch the four gates hold and release a real deployment

Options
  --plan FILE              The plan (default ${DEFAULT_PLAN})
  --json                   Print the report as JSON on standard output; everything else goes to standard error
  --report-directory DIR   Write the report as JSON, HTML and JUnit into this folder
  --dry-run                Measure, and say what the tasks would do; change nothing
  --option NAME            The rollback option, instead of the plan's default
  --measurements FILE      explain: measurements as JSON, such as {"p95": "480ms", "error_rate": "0.4%"}
  --baseline FILE          explain: the baseline's measurements, likewise
  --locale en|pt-BR        Language of the report
  --no-color               No colours
  --post                   Post check run and status with GITHUB_TOKEN, as the actions do
  --shards N               load read: how many files there must be
  --format TOOL            load read: the tool that the files must be of
  --database NAME          indexes: the environment variable that holds the URL (a URL itself shows in the process list), or
                           a name of the plan's databases
  --schema NAME            indexes snapshot: only this schema; may be given again
  --strict-env             validate: an environment variable that is not set is an error
  -h, --help               Show this text
  -v, --version            Show the version

Exit codes: 0 pass or warn · 1 fail · 2 plan or usage error · 3 inconclusive or error · 130 cancelled
`;

/**
 * Reads the command line.
 *
 * @throws PlanError naming what was found, what was expected, and the nearest valid name.
 */
export function readArguments(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv);
  const [name, ...rest] = positionals;
  if (values.version || name === 'version') return { kind: 'version' };
  if (values.help || name === undefined || name === 'help') return { kind: 'help' };
  const command = COMMANDS.find((candidate) => candidate === name);
  if (command === undefined) throw new PlanError(unknown('command', name, COMMANDS));
  const locale = localeOf(values.locale);
  const shared = { planFile: values.plan ?? DEFAULT_PLAN, json: values.json ?? false, ...(locale ? { locale } : {}) };
  switch (command) {
    case 'validate':
      tooMany(rest, 0);
      return { kind: 'validate', planFile: shared.planFile, json: shared.json, strictEnv: values['strict-env'] ?? false };
    case 'explain': {
      tooMany(rest, 1);
      const [criterion] = rest;
      if (criterion === undefined) throw new PlanError('`explain` needs a criterion in quotes: holdpoint explain "p95 < 500ms".');
      return {
        kind: 'explain',
        criterion,
        json: shared.json,
        ...(locale ? { locale } : {}),
        ...(values.measurements === undefined ? {} : { measurementsFile: values.measurements }),
        ...(values.baseline === undefined ? {} : { baselineFile: values.baseline }),
      };
    }
    case 'load':
      return loadCommand(rest, { json: shared.json, shards: values.shards, format: values.format });
    case 'indexes':
      return indexesCommand(rest, { ...shared, database: values.database, schemas: values.schema });
    case 'demo':
    case 'help':
    case 'version':
      tooMany(rest, 0);
      return { kind: command };
    default: {
      tooMany(rest, command === 'rollback' ? 1 : 0);
      const option = rest[0] ?? values.option;
      if (option !== undefined && command !== 'rollback') throw new PlanError('`--option` belongs to `rollback`.');
      return {
        kind: 'phase',
        phase: command,
        ...shared,
        dryRun: values['dry-run'] ?? false,
        post: values.post ?? false,
        ...(option === undefined ? {} : { option }),
        ...(values['report-directory'] === undefined ? {} : { reportDirectory: values['report-directory'] }),
        ...(values.color || values['no-color'] ? { colour: values['no-color'] !== true } : {}),
      };
    }
  }
}

function loadCommand(
  [action, ...files]: readonly string[],
  { json, shards, format }: { readonly json: boolean; readonly shards: string | undefined; readonly format: string | undefined },
): LoadCommand {
  if (action === 'compare') {
    const [base, now] = files;
    tooMany(files, 2);
    if (base === undefined || now === undefined)
      throw new PlanError('`load compare` needs two results: holdpoint load compare BASE NEW.');
    return { kind: 'load', action, base, now, json };
  }
  if (action !== 'read') {
    throw new PlanError(
      action === undefined
        ? '`load` reads or compares: holdpoint load read FILE…'
        : unknown('action', action, ['read', 'compare']),
    );
  }
  if (files.length === 0) throw new PlanError('`load read` needs a file: holdpoint load read out/*.json.');
  const tool = TOOLS.find((known) => known === format);
  if (format !== undefined && tool === undefined) throw new PlanError(unknown('format', format, TOOLS));
  const count = shards === undefined ? undefined : Number(shards);
  if (count !== undefined && !(Number.isSafeInteger(count) && count >= 1)) {
    throw new PlanError(`\`--shards ${shards}\`: expected a whole number of at least 1.`);
  }
  return {
    kind: 'load',
    action,
    files,
    json,
    ...(count === undefined ? {} : { shards: count }),
    ...(tool === undefined ? {} : { tool }),
  };
}

function indexesCommand(
  [action, ...rest]: readonly string[],
  options: {
    readonly database: string | undefined;
    readonly schemas: readonly string[] | undefined;
    readonly planFile: string;
    readonly json: boolean;
  },
): IndexesCommand {
  const { database, schemas, planFile, json } = options;
  tooMany(rest, 0);
  if (action === 'check') return { kind: 'indexes', action, planFile, json, ...(database === undefined ? {} : { database }) };
  if (action !== 'snapshot') {
    throw new PlanError(
      action === undefined
        ? '`indexes` writes or checks: holdpoint indexes snapshot --database DATABASE_URL'
        : unknown('action', action, ['snapshot', 'check']),
    );
  }
  if (database === undefined)
    throw new PlanError('`indexes snapshot` needs a database: holdpoint indexes snapshot --database DATABASE_URL.');
  return { kind: 'indexes', action, database, ...(schemas === undefined ? {} : { schemas }) };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    const found = argv.find((word) => word.startsWith('--') && !(word.slice(2).replace(/=.*/, '') in OPTIONS));
    const names = Object.keys(OPTIONS).map((option) => `--${option}`);
    if (found !== undefined) throw new PlanError(unknown('option', found.replace(/=.*/, ''), names), undefined, { cause: error });
    const text = error instanceof Error ? error.message : String(error);
    throw new PlanError(`${text} See holdpoint --help.`, undefined, { cause: error });
  }
}

function unknown(what: string, found: string, known: readonly string[]): string {
  const nearest = nearestName(found, known);
  return `Unknown ${what} \`${found}\`. ${nearest ? `Did you mean \`${nearest}\`?` : 'See holdpoint --help.'}`;
}

function localeOf(found: string | undefined): Locale | undefined {
  if (found === undefined) return undefined;
  const locale = LOCALES.find((candidate) => candidate.toLowerCase() === found.toLowerCase());
  if (locale === undefined) throw new PlanError(`Unknown locale \`${found}\`. Known: ${LOCALES.join(', ')}.`);
  return locale;
}

function tooMany(rest: readonly string[], most: number): void {
  const extra = rest[most];
  if (extra !== undefined) throw new PlanError(`Unexpected argument \`${extra}\`. See holdpoint --help.`);
}
