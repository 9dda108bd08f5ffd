import { readFile } from 'node:fs/promises';
import { PlanError } from '../checklist/errors.ts';
import { MINIMAL_PLAN, noPlanMessage } from '../plan/missing.ts';
import { validatePlan } from '../plan/validate.ts';
import { planProblemsTerminal } from '../report/plan-problems.ts';
import type { Environment } from '../runner/ports.ts';
import type { Command } from './arguments.ts';
import type { Terminal } from './terminal.ts';

/** Reads the plan and tells everything that is wrong with it. Exit status 0 when nothing is, else 2. */
export async function runValidate(
  command: Extract<Command, { kind: 'validate' }>,
  env: Environment,
  terminal: Terminal,
): Promise<number> {
  const { planFile: file, json, strictEnv } = command;
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new PlanError(`${noPlanMessage(file, error)} A first one:\n\n${MINIMAL_PLAN}`, undefined, { cause: error });
  });
  const { problems, warnings, summary } = validatePlan(text, file, env, { strictEnv });
  if (json) {
    const plain = ({ message, position }: { message: string; position?: unknown }) => ({ message, position });
    await terminal.out(
      `${JSON.stringify({ valid: problems.length === 0, problems: problems.map(plain), warnings: warnings.map(plain) }, null, 2)}\n`,
    );
    return problems.length === 0 ? 0 : 2;
  }
  for (const { message, position } of warnings) {
    await terminal.error(`${position.file}:${position.line}:${position.column}: warning: ${message}\n`);
  }
  if (problems.length === 0) {
    await terminal.out(`${file} is valid. ${summary ?? ''}\n`);
    return 0;
  }
  await terminal.error(planProblemsTerminal(problems, { colour: terminal.errors.colour, sources: { [file]: text } }));
  return 2;
}
