import { COMPOSITES, INPUT_NAMES, INPUTS, OUTPUTS } from '../src/actions/inputs.ts';
import { PHASES, type Phase } from '../src/checklist/model.ts';

export const START = '<!-- inputs and outputs: written by "npm run generate", do not edit -->';
export const END = '<!-- end of inputs and outputs -->';

/** The READMEs that hold tables, by phase; paths from the repository's root. */
export const READMES = PHASES.map((phase) => ({ phase, file: `actions/${COMPOSITES[phase]}/README.md` }));

/** A README with its tables as the registry has them. Throws when it lacks the markers. */
export function withTables(readme: string, phase: Phase): string {
  const start = readme.indexOf(START);
  const end = readme.indexOf(END);
  if (start < 0 || end < start) throw new Error(`The README of ${phase} lacks the lines ${START} and ${END}.`);
  return `${readme.slice(0, start + START.length)}\n\n${tablesOf(phase)}\n\n${readme.slice(end)}`;
}

function tablesOf(phase: Phase): string {
  const inputs = INPUT_NAMES.map((name) => ({ name, phases: INPUTS[name].phases.map(String), spec: INPUTS[name] }))
    .filter(({ phases }) => phases.includes(phase))
    .map(({ name, spec }) => row([`\`${name}\``, spec.description, 'default' in spec ? `\`${spec.default}\`` : '']));
  const outputs = Object.entries(OUTPUTS).map(([name, description]) => row([`\`${name}\``, description]));
  return [
    '## Inputs',
    '',
    row(['Input', 'What it is', 'Default']),
    row(['---', '---', '---']),
    ...inputs,
    '',
    '## Outputs',
    '',
    row(['Output', 'What it is']),
    row(['---', '---']),
    ...outputs,
  ].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
