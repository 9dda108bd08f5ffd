import { PlanError } from '../checklist/errors.ts';
import { PHASES, type Phase } from '../checklist/model.ts';
import { nearestName } from '../criteria/nearest.ts';
import { LOCALES, type Locale } from '../criteria/value.ts';
import type { Environment } from '../runner/ports.ts';

/**
 * Every input and output of the suite. The action.yml files, their READMEs and the `env:` maps of the composites are held
 * against this file by test/actions/contract.test.ts, and no other file reads `INPUT_*`.
 */

interface InputSpec {
  /** Markdown, one or two sentences. */
  readonly description: string;
  /** As action.yml writes it; an input without one is empty, which is the same as absent. */
  readonly default?: string;
  readonly required?: true;
  /** The phases whose composite has it; the root action has every input. */
  readonly phases: readonly Phase[];
  readonly secret?: true;
}

export const INPUTS = {
  phase: {
    description: 'What to hold for: `pre-deploy`, `migrate`, `canary` or `rollback`.',
    required: true,
    phases: [],
  },
  plan: {
    description: 'The plan file, from the root of the repository.',
    default: '.github/holdpoint.yml',
    phases: PHASES,
  },
  checklist: {
    description: "The phase's section of a plan, as YAML. With it no plan file is read.",
    phases: PHASES,
  },
  option: {
    description: "Which of the plan's rollback options to carry out. Not needed when the plan has one option or names a default.",
    phases: ['rollback'],
  },
  'dry-run': {
    description: '`true`: measure, and say what the tasks would do, but change nothing.',
    default: 'false',
    phases: PHASES,
  },
  'plan-source': {
    description:
      'Where the plan is read: `base`, the commit that a pull request is to be merged into, or `head`, the checkout. ' +
      'Empty: `base` on pull requests and in merge queues, else `head`.',
    phases: PHASES,
  },
  sha: {
    description:
      'The full commit SHA to report on. Empty: what the event tells; for a pull request its head, not the merge commit.',
    phases: PHASES,
  },
  'working-directory': {
    description: "Where the plan's relative paths start, from the root of the repository.",
    default: '.',
    phases: PHASES,
  },
  'report-directory': {
    description:
      'The folder for the report, from the root of the repository: `<phase>.json`, `<phase>.html` and `<phase>.junit.xml`.',
    default: 'holdpoint-report',
    phases: PHASES,
  },
  locale: {
    description: "The report's language, `en` or `pt-BR`. Empty: the plan's, else `en`.",
    phases: PHASES,
  },
  'github-token': {
    description:
      "The token that reads the plan and posts check run and status. A GitHub App's token gives the check run a suite of its own.",
    default: '${{ github.token }}',
    phases: PHASES,
    secret: true,
  },
} as const satisfies Record<string, InputSpec>;

export type InputName = keyof typeof INPUTS;

export const INPUT_NAMES = Object.keys(INPUTS).filter((name): name is InputName => name in INPUTS);

export const OUTPUTS = {
  verdict: '`pass`, `warn`, `fail`, `inconclusive`, `error` or `skipped`. Only `pass` and `warn` let the job go on.',
  'reason-code': 'Why, from a closed list: see docs/troubleshooting.md.',
  'failed-items': 'The ids of the items that block, as a JSON array.',
  'report-path': 'The path of the report as JSON; the same as HTML and JUnit is beside it.',
  'check-run-url': 'The page of the check run; empty when none could be posted.',
} as const satisfies Record<string, string>;

export type OutputName = keyof typeof OUTPUTS;

/** The folder of each phase's composite action under `actions/`. */
export const COMPOSITES = {
  'pre-deploy': 'pre-deploy-check',
  migrate: 'migrate-and-validate-indexes',
  canary: 'canary-gate',
  rollback: 'rollback',
} as const satisfies Record<Phase, string>;

/**
 * How a gate tells the step that comes after it what it left open: the path of its state file. Written before anything is
 * opened, and emptied when everything is closed, so that the closing step of a composite has nothing to do.
 * A composite hands it on as the output `state` of its gate step, the root action as state of the runner.
 */
export const STATE = {
  /** Output of a composite's gate step; its closing step gets it as `HOLDPOINT_STATE`. */
  output: 'state',
  /** Key in `GITHUB_STATE`; the root action's post step gets it as `STATE_holdpoint`. */
  key: 'holdpoint',
} as const;

/** The state file that an earlier step left, or undefined: then this is that earlier step, or there is nothing to close. */
export function stateFileFrom(env: Environment): string | undefined {
  return env['HOLDPOINT_STATE'] || env[`STATE_${STATE.key}`] || undefined;
}

/** What the user asked for; undefined where the input was empty. */
export interface Inputs {
  readonly phase: Phase;
  /** From the repository's root. */
  readonly plan: string;
  /** YAML of the phase's section; given instead of a plan file. */
  readonly checklist: string | undefined;
  readonly option: string | undefined;
  readonly dryRun: boolean;
  readonly planSource: PlanSource | undefined;
  /** 40 or 64 hexadecimal digits, lower case. */
  readonly sha: string | undefined;
  readonly workingDirectory: string;
  readonly reportDirectory: string;
  readonly locale: Locale | undefined;
  readonly githubToken: string | undefined;
}

const PLAN_SOURCES = ['base', 'head'] as const;
export type PlanSource = (typeof PLAN_SOURCES)[number];

/**
 * Reads every input once. `phase` is what a composite says on its command line; the root action has it as an input.
 *
 * @throws PlanError that names the input, what was found and what was expected.
 */
export function readInputs(env: Environment, phase?: string): Inputs {
  const given = (name: InputName) => inputValue(env, name);
  const phaseName = oneOf('phase', PHASES, phase ?? given('phase'));
  if (phaseName === undefined) throw new PlanError(`Input "phase" is missing. Set it to ${listed(PHASES)}.`);
  refuseForeign(env, phaseName);

  const plan = given('plan') ?? INPUTS.plan.default;
  const checklist = given('checklist');
  if (checklist !== undefined && plan !== INPUTS.plan.default) {
    throw new PlanError('Inputs "plan" and "checklist" are both set. Keep one: with "checklist" no plan file is read.');
  }
  return {
    phase: phaseName,
    plan,
    checklist,
    option: given('option'),
    dryRun: flag('dry-run', given('dry-run') ?? INPUTS['dry-run'].default),
    planSource: oneOf('plan-source', PLAN_SOURCES, given('plan-source')),
    sha: commit(given('sha')),
    workingDirectory: given('working-directory') ?? INPUTS['working-directory'].default,
    reportDirectory: given('report-directory') ?? INPUTS['report-directory'].default,
    locale: oneOf('locale', LOCALES, given('locale')),
    githubToken: given('github-token'),
  };
}

/**
 * What a run goes by that one of its inputs ends before it begins: enough to tell the problem where the verdict would have been told.
 * Undefined when even that is not known: the phase, or the commit to report on.
 */
export function inputsToTellBy(env: Environment, phase?: string): Inputs | undefined {
  const named = PHASES.find((name) => name === (phase ?? inputValue(env, 'phase')));
  const sha = inputValue(env, 'sha');
  if (named === undefined || (sha !== undefined && !COMMIT.test(sha))) return undefined;
  return {
    phase: named,
    plan: inputValue(env, 'plan') ?? INPUTS.plan.default,
    checklist: undefined,
    option: undefined,
    dryRun: false,
    planSource: undefined,
    sha: sha?.toLowerCase(),
    workingDirectory: INPUTS['working-directory'].default,
    reportDirectory: inputValue(env, 'report-directory') ?? INPUTS['report-directory'].default,
    locale: LOCALES.find((name) => name === inputValue(env, 'locale')),
    githubToken: readToken(env),
  };
}

/** All that a closing step needs of the inputs; the rest is in the state file, which holds no secret. */
export function readToken(env: Environment): string | undefined {
  return inputValue(env, 'github-token');
}

/**
 * The runner sets `INPUT_DRY-RUN` for a JavaScript action (spaces become underscores, hyphens stay); a composite gets no
 * inputs in its environment, and ours sets `INPUT_DRY_RUN`, a name that a shell can hold.
 */
function inputValue(env: Environment, name: InputName): string | undefined {
  const upper = name.toUpperCase();
  const value = env[`INPUT_${upper}`] || env[variableOf(name)] || '';
  const trimmed = value.trim();
  if (trimmed === '') return undefined;
  // The indentation of YAML's first line has a meaning.
  return name === 'checklist' ? value : trimmed;
}

/** The variable by which a composite hands an input on. */
export function variableOf(name: InputName): string {
  return `INPUT_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** An input that the phase does not have must not be passed over: somebody believes that it does something. */
function refuseForeign(env: Environment, phase: Phase): void {
  for (const name of INPUT_NAMES) {
    const phases: readonly Phase[] = INPUTS[name].phases;
    if (phases.length === 0 || phases.includes(phase) || inputValue(env, name) === undefined) continue;
    throw new PlanError(`Input "${name}" belongs to ${listed(phases)}; phase "${phase}" has no use for it. Remove it.`);
  }
}

function oneOf<const Choice extends string>(
  name: InputName,
  choices: readonly Choice[],
  value: string | undefined,
): Choice | undefined {
  if (value === undefined) return undefined;
  const choice = choices.find((candidate) => candidate === value);
  if (choice !== undefined) return choice;
  const nearest = nearestName(value, choices);
  const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
  throw new PlanError(`Input "${name}" is "${value}". It must be ${listed(choices)}.${hint}`);
}

function flag(name: InputName, value: string): boolean {
  // The booleans of YAML 1.2's core schema, which is what the runner's own toolkit accepts.
  if (/^(?:true|True|TRUE)$/.test(value)) return true;
  if (/^(?:false|False|FALSE)$/.test(value)) return false;
  throw new PlanError(`Input "${name}" is "${value}". It must be true or false.`);
}

const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i;

function commit(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (COMMIT.test(value)) return value.toLowerCase();
  throw new PlanError(
    `Input "sha" is "${value}". It must be a full commit SHA of 40 hexadecimal digits; GitHub takes no short ones.`,
  );
}

function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}
