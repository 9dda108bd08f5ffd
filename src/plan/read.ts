import { PHASES, type Phase, type PlanOrigin, type Position } from '../checklist/model.ts';
import type { Environment } from '../runner/ports.ts';
import { databaseReader } from './databases.ts';
import { type MapNode, type PlanDocument, readDocument } from './document.ts';
import { type Filled, fill } from './filled.ts';
import { type Header, readHeader } from './header.ts';
import type { Plan, PlanWarning } from './plan.ts';
import { BLOCK, readPolicy } from './policy.ts';
import { Problems } from './problems.ts';
import type { Reader, Registries } from './reader.ts';
import { readCanary } from './sections/canary.ts';
import { readMigrate, readMigrateForTasks } from './sections/migrate.ts';
import { readPreDeploy } from './sections/pre-deploy.ts';
import { readRollback } from './sections/rollback.ts';
import { shapes } from './shape.ts';
import { type Variables, variablesOf } from './variables.ts';

export interface PlanSource {
  readonly text: string;
  readonly origin: PlanOrigin;
  /** The text is just this phase's section, from the action's `checklist` input. */
  readonly only?: Phase;
}

export interface ReadOptions {
  /** Reads what this phase needs, and nothing else counts. Without it the whole plan is checked. */
  readonly phase?: Phase;
  /** Whether a variable without a value is a problem. Default: only when a phase is given; else it is a warning. */
  readonly strictEnv?: boolean;
  /** What the plan may name; see `registriesFor`. */
  readonly registries: Registries;
}

/**
 * Reads a plan: every name in it is known, every criterion parsed, every probe and task bound to its spec.
 *
 * @throws PlanErrors with all that is wrong, each with its place, at most fifty.
 */
export function readPlan(source: PlanSource, environment: Environment, options: ReadOptions): Plan {
  const problems = new Problems();
  const document = documentOf(source, problems);
  if (document === undefined) return problems.refuse();
  const header = readHeader(document, problems, source.only !== undefined);
  const variables = variablesOf(mapAt(document, 'vars'), environment, new Set(header.secrets));
  const plan = read({ document, header, variables, problems, origin: source.origin }, options);
  // Nobody else can hide them before there is a plan.
  if (problems.any)
    problems.refuse((message) => variables.secrets().reduce((text, secret) => text.replaceAll(secret, '***'), message));
  return plan;
}

/** The whole plan as a mapping; a section alone becomes a plan that has only this section. */
function documentOf({ text, origin, only }: PlanSource, problems: Problems): PlanDocument | undefined {
  const document = readDocument(origin.file, text, problems);
  if (document === undefined) return undefined;
  if (only !== undefined) {
    const root: MapNode = {
      kind: 'map',
      start: document.root.start,
      entries: new Map([[only, { keyStart: document.root.start, value: document.root }]]),
    };
    return { ...document, root };
  }
  if (document.root.kind === 'map') return document;
  problems.add('A plan is a mapping that starts with `version: 1`.', document.at(document.root.start));
  return undefined;
}

interface Reading {
  readonly document: PlanDocument;
  readonly header: Header;
  readonly variables: Variables;
  readonly problems: Problems;
  readonly origin: PlanOrigin;
}

function read({ document, header, variables, problems, origin }: Reading, options: ReadOptions): Plan {
  const { phase, strictEnv = phase !== undefined, registries } = options;
  const warnings: PlanWarning[] = [];
  const parts = partsFor(document, variables, registries, header, warnings);
  const main = parts(problems, strictEnv);
  const wanted = (each: Phase): boolean => has(document, each) && (phase === undefined || phase === each);
  const onAbort = phase === 'canary' && main.filled.node(['canary', 'on-abort']) !== undefined;
  const needsRollback = has(document, 'rollback') && (phase === undefined || phase === 'rollback' || onAbort);

  const preDeploy = wanted('pre-deploy') ? readPreDeploy(header.concurrency, main.reader) : undefined;
  const canary = wanted('canary') ? readCanary(main.reader) : undefined;
  const rollback = needsRollback ? readRollback(main.reader) : undefined;
  let migrate = wanted('migrate') ? readMigrate(main.reader) : undefined;
  let { used } = main.databases;
  if (
    migrate === undefined &&
    needsRollback &&
    has(document, 'migrate') &&
    phase !== undefined &&
    undoesMigrations(main.filled)
  ) {
    const apart = new Problems();
    const aside = parts(apart, true);
    migrate = readMigrateForTasks(aside.reader, () => apart.list()[0]?.message);
    used = { ...aside.databases.used, ...used };
  }
  if (phase === undefined) {
    for (const name of mapAt(document, 'databases')?.entries.keys() ?? []) main.databases.use(name, ['databases', name]);
    for (const name of mapAt(document, 'vars')?.entries.keys() ?? []) main.filled.value(['vars', name]);
    if (!problems.any && !PHASES.some((each) => has(document, each))) {
      problems.add(
        'The plan has no phase. Add `pre-deploy:`, `migrate:`, `canary:` or `rollback:`.',
        document.at(document.root.start),
      );
    }
  }
  return {
    origin,
    vars: variables.measurements(),
    warnings: warnings.sort((a, b) => a.position.line - b.position.line || a.position.column - b.position.column),
    databases: used,
    ...(header.service === undefined
      ? {}
      : { service: main.filled.isUnset(['service']) ? header.service : String(main.filled.value(['service'])) }),
    ...(header.locale === undefined ? {} : { locale: header.locale }),
    ...(header.loadHosts === undefined ? {} : { loadHosts: header.loadHosts }),
    ...(preDeploy === undefined ? {} : { preDeploy }),
    ...(migrate === undefined ? {} : { migrate }),
    ...(canary === undefined ? {} : { canary }),
    ...(rollback === undefined ? {} : { rollback }),
    // Last, when every variable was looked at.
    secrets: variables.secrets(),
  };
}

/** Everything that reads values, for one list of problems. */
function partsFor(document: PlanDocument, variables: Variables, registries: Registries, header: Header, warnings: PlanWarning[]) {
  return (problems: Problems, strictEnv: boolean) => {
    const filled = fill(document, variables, problems, (message, position) => {
      if (strictEnv) problems.add(message, position);
      else if (!warnings.some((known) => known.message === message && samePlace(known.position, position)))
        warnings.push({ message, position });
    });
    const shaped = shapes(filled, problems);
    const databases = databaseReader(filled, shaped, problems);
    const reader: Reader = {
      filled,
      problems,
      shapes: shaped,
      registries,
      vars: variables.measurements(),
      policy: readPolicy(header.policy, BLOCK),
      noteVariable: variables.lookup,
      useDatabase: (nameOrUrl, path) => databases.use(nameOrUrl, path),
    };
    return { filled, databases, reader };
  };
}

const samePlace = (a: Position, b: Position): boolean => a.line === b.line && a.column === b.column;

const has = ({ root }: PlanDocument, key: string): boolean => root.kind === 'map' && root.entries.has(key);

function mapAt({ root }: PlanDocument, key: string): MapNode | undefined {
  const node = root.kind === 'map' ? root.entries.get(key)?.value : undefined;
  return node?.kind === 'map' ? node : undefined;
}

/** Whether any option has a `migrate` task. */
function undoesMigrations({ node }: Filled): boolean {
  const options = node(['rollback', 'options']);
  if (options?.kind !== 'map') return false;
  return [...options.entries.keys()].some((name) => {
    const tasks = node(['rollback', 'options', name, 'tasks']);
    return tasks?.kind === 'list' && tasks.items.some((task) => task.kind === 'map' && task.entries.has('migrate'));
  });
}
