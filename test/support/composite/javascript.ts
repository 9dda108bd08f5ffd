import path from 'node:path';
import { conditionHolds } from './expressions.ts';
import { type Job, jobStatus, runProgram, skipStep } from './job.ts';
import type { JavascriptRuns } from './manifest.ts';

/** Runs `main`, then `post` with the state that main saved, as the runner does at the end of the job. */
export async function runJavascript(job: Job, runs: JavascriptRuns): Promise<void> {
  await runScript(job, runs.main, 'main');
  if (runs.post === undefined) return;
  const condition = runs['post-if'] ?? 'always()';
  const contexts = { github: job.github, runner: job.runner, job: { status: jobStatus(job) }, env: Object.fromEntries(job.env) };
  if (conditionHolds(condition, contexts, jobStatus(job))) await runScript(job, runs.post, 'post');
  else skipStep(job, { id: 'post', name: runs.post });
}

/** Spaces become underscores and hyphens stay: `INPUT_GITHUB-TOKEN`. */
async function runScript(job: Job, script: string, id: 'main' | 'post'): Promise<void> {
  const inputs = Object.entries(job.inputs).map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value]);
  const state = [...job.state].map(([name, value]) => [`STATE_${name}`, value]);
  await runProgram(job, {
    id,
    name: script,
    file: job.node,
    args: [path.join(job.actionPath, script)],
    cwd: job.workspace,
    env: Object.fromEntries([...inputs, ...state]),
    outlivesCancellation: id === 'post',
    continueOnError: false,
  });
}
