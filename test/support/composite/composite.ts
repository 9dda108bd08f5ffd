import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Contexts, conditionHolds, interpolate } from './expressions.ts';
import { type Job, jobStatus, runProgram, skipStep, stepsContext } from './job.ts';
import type { RunStep } from './manifest.ts';

/** Carries out the steps in order. A step that fails or is cancelled lets those go on whose `if:` says so. */
export async function runComposite(job: Job, steps: readonly RunStep[]): Promise<void> {
  for (const step of steps) {
    const named = { id: step.id, name: step.name ?? `Run ${step.run.split('\n')[0]}` };
    const outer = contextsOf(job, Object.fromEntries(job.env));
    const stepEnv = evaluated(step.env, outer);
    const contexts = contextsOf(job, { ...Object.fromEntries(job.env), ...stepEnv });
    if (!conditionHolds(step.if, contexts, jobStatus(job))) {
      skipStep(job, named);
      continue;
    }
    job.log.line(`##[group]${named.name}`);
    job.log.line('##[endgroup]');
    const script = path.join(job.runner.temp, `${randomUUID()}.sh`);
    writeFileSync(script, interpolate(step.run, contexts));
    const [file = '', ...args] = shellLine(step.shell).map((word) => word.replace('{0}', script));
    await runProgram(job, {
      ...named,
      file,
      args,
      cwd: path.resolve(job.workspace, interpolate(step['working-directory'] ?? '', contexts)),
      env: stepEnv,
      outlivesCancellation: conditionHolds(step.if, contexts, 'cancelled'),
      continueOnError: interpolate(step['continue-on-error'] ?? 'false', contexts) === 'true',
    });
  }
}

/** `ScriptHandlerHelpers` of actions/runner. */
function shellLine(shell: string): string[] {
  if (shell === 'bash') return 'bash --noprofile --norc -e -o pipefail {0}'.split(' ');
  if (shell === 'sh') return 'sh -e {0}'.split(' ');
  if (shell.includes('{0}')) return shell.split(' ');
  throw new Error(`Shell "${shell}" is not interpreted; use bash, sh or a line with {0}.`);
}

function evaluated(env: Readonly<Record<string, string>>, contexts: Contexts): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, interpolate(value, contexts)]));
}

function contextsOf(job: Job, env: Readonly<Record<string, string>>): Contexts {
  return {
    inputs: job.inputs,
    github: { ...job.github, action_status: jobStatus(job) },
    runner: job.runner,
    job: { status: jobStatus(job) },
    env,
    steps: stepsContext(job),
  };
}
