import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { READMES, withTables } from '../../scripts/readme-tables.ts';
import { COMPOSITES, INPUT_NAMES, INPUTS, OUTPUTS, STATE, variableOf } from '../../src/actions/inputs.ts';
import { PHASES, type Phase } from '../../src/checklist/model.ts';
import { type Manifest, readManifest } from '../support/composite/manifest.ts';
import { codeBlocks, ROOT, read } from './repository.ts';
import { problemsOf } from './workflow-parser.ts';

const root = readManifest(ROOT);
const composites = PHASES.map((phase) => ({
  phase,
  name: COMPOSITES[phase],
  manifest: readManifest(path.join(ROOT, 'actions', COMPOSITES[phase])),
}));

const inputsOf = (phase: Phase) => INPUT_NAMES.filter((name) => INPUTS[name].phases.some((each) => each === phase));

/** The inputs as action.yml should have them. */
const declared = (names: typeof INPUT_NAMES) =>
  Object.fromEntries(
    names.map((name) => {
      const spec = INPUTS[name];
      return [
        name,
        { description: spec.description, required: 'required' in spec, ...('default' in spec && { default: spec.default }) },
      ];
    }),
  );

const stepsOf = ({ runs }: Manifest) => (runs.using === 'composite' ? runs.steps : []);

describe('the root action', () => {
  test('has every input and output of the registry, and no other', () => {
    expect(root.inputs).toEqual(declared(INPUT_NAMES));
    expect(root.outputs).toEqual(
      Object.fromEntries(Object.entries(OUTPUTS).map(([name, description]) => [name, { description }])),
    );
  });

  test('runs the bundle on Node 24, and again after the job to close what is open', () => {
    expect(root.runs).toEqual({ using: 'node24', main: 'dist/index.js', post: 'dist/index.js' });
  });
});

describe.each(composites)('actions/$name', ({ phase, name, manifest }) => {
  const [gate, close, ...more] = stepsOf(manifest);

  test('has the inputs of its phase, and no other', () => {
    expect(manifest.inputs).toEqual(declared(inputsOf(phase)));
  });

  test('hands every input on by env', () => {
    expect(gate?.env).toEqual(Object.fromEntries(inputsOf(phase).map((input) => [variableOf(input), `\${{ inputs.${input} }}`])));
  });

  test('gives every output of the registry from its gate', () => {
    expect(manifest.outputs).toEqual(
      Object.fromEntries(
        Object.entries(OUTPUTS).map(([output, description]) => [
          output,
          { description, value: `\${{ steps.gate.outputs.${output} }}` },
        ]),
      ),
    );
  });

  test('runs its phase in place of the shell, and closes what was left open whatever happened', () => {
    expect(more).toEqual([]);
    expect(gate?.id).toBe('gate');
    expect(gate?.run.trimEnd().split('\n').at(-1)).toBe(`exec node "$GITHUB_ACTION_PATH/../../dist/index.js" action ${phase}`);
    expect(close?.if).toBe(`always() && steps.gate.outputs.${STATE.output} != ''`);
    expect(close?.run).toBe('exec node "$GITHUB_ACTION_PATH/../../dist/index.js" action close');
    expect(close?.env).toEqual({
      HOLDPOINT_STATE: `\${{ steps.gate.outputs.${STATE.output} }}`,
      INPUT_GITHUB_TOKEN: '${{ inputs.github-token }}',
    });
  });

  test('puts no expression into a script, and names its shell', () => {
    for (const step of stepsOf(manifest)) {
      expect(step.run).not.toContain('${{');
      expect(step.shell).toBe('bash');
    }
  });

  test("has nothing that GitHub's own parser refuses", async () => {
    expect(await problemsOf('action', name, read(`actions/${name}/action.yml`))).toEqual([]);
  });
});

test("the root action has nothing that GitHub's own parser refuses", async () => {
  expect(await problemsOf('action', 'action.yml', read('action.yml'))).toEqual([]);
});

test('every folder under actions/ is a phase of the suite', () => {
  expect(readdirSync(path.join(ROOT, 'actions')).sort()).toEqual(Object.values(COMPOSITES).sort());
});

describe.each(READMES)('$file', ({ phase, file }) => {
  const readme = read(file);
  const workflow = codeBlocks(readme, 'yaml')[0] ?? '';

  test('has the tables of the registry', () => {
    expect(withTables(readme, phase)).toBe(readme);
  });

  test("opens with a workflow that GitHub's own parser accepts, and that uses this action", async () => {
    expect(await problemsOf('workflow', file, workflow)).toEqual([]);
    expect(workflow).toMatch(
      new RegExp(`uses: OWNER/holdpoint/actions/${COMPOSITES[phase]}@<commit sha> # v\\d+\\.\\d+\\.\\d+\n`),
    );
  });

  test('gives the permissions of its workflow with their reasons', () => {
    for (const permission of workflow.match(/\w+: (?:read|write)(?= #)/g) ?? [])
      expect(readme).toContain(`| \`${permission}\` |`);
  });
});
