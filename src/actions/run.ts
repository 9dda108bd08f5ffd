import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PlanError } from '../checklist/errors.ts';
import { exitCodeOf } from '../checklist/exit-code.ts';
import type { Checklist } from '../checklist/model.ts';
import { createClient, type GithubClient } from '../github/client.ts';
import { type EventFacts, factsOf, readEvent, subjectOf } from '../github/event.ts';
import { pastReports } from '../github/past-reports.ts';
import { type ChosenPlan, choosePlan, type PlanText, planAtBase } from '../github/plan-source.ts';
import { githubSinks } from '../github/sinks.ts';
import { type Gate, holdGate } from '../phases/gate.ts';
import { blockingItems } from '../report/tally.ts';
import { systemClock } from '../runner/clock.ts';
import { eventPayload } from '../runner/event-payload.ts';
import { onMachine } from '../runner/machine.ts';
import type { Environment, Secrets } from '../runner/ports.ts';
import { progressSink } from '../runner/progress-sink.ts';
import { type RunnerProtocol, runnerProtocol } from '../runner/protocol.ts';
import { reportFilesSink } from '../runner/report-files.ts';
import { secretSet } from '../runner/secrets.ts';
import { stateFile } from '../runner/state.ts';
import { apiUrlOf } from './api-url.ts';
import { type Inputs, inputsToTellBy, type OutputName, readInputs, readToken, STATE } from './inputs.ts';
import { summarySink } from './summary-sink.ts';

/**
 * An action's main step: reads inputs and event, holds the gate, gives the outputs.
 *
 * @param phase what a composite says on its command line; the root action has it as an input.
 * @returns the exit status.
 */
export async function runGateAction(phase: string | undefined, env: Environment, signal: AbortSignal): Promise<number> {
  const protocol = await runnerProtocol(env);
  const secrets = secretSet((value) => protocol.setSecret(value));
  const token = readToken(env);
  if (token !== undefined) secrets.add(token);
  const machine = { env, signal, protocol, secrets };
  const inputs = givenInputs(env, phase);
  if (!(inputs instanceof PlanError)) return holdAsAction(inputs, machine);
  const tellBy = inputsToTellBy(env, phase);
  if (tellBy !== undefined) return holdAsAction(tellBy, machine, inputs);
  protocol.annotate({ level: 'error', message: inputs.message, title: 'Holdpoint' });
  setOutputs(protocol, { verdict: 'error', 'reason-code': 'plan_error', 'failed-items': '[]' });
  return 2;
}

function givenInputs(env: Environment, phase: string | undefined): Inputs | PlanError {
  try {
    return readInputs(env, phase);
  } catch (error) {
    if (error instanceof PlanError) return error;
    throw error;
  }
}

interface Machine {
  readonly env: Environment;
  readonly signal: AbortSignal;
  readonly protocol: RunnerProtocol;
  readonly secrets: Secrets;
}

/** @param problem what is wrong with the inputs: then it is told, and nothing else is done. */
async function holdAsAction(inputs: Inputs, { env, signal, protocol, secrets }: Machine, problem?: PlanError): Promise<number> {
  const state = stateFile(env, inputs.phase);
  // Before anything is opened, so that whatever kills this process, the step after it knows where to look.
  protocol.setOutput(STATE.output, state.path);
  protocol.saveState(STATE.key, state.path);

  const workspace = env['GITHUB_WORKSPACE'] || process.cwd();
  const event = readEvent(await eventPayload(env), env, inputs.sha);
  const { githubToken: token } = inputs;
  const client =
    token === undefined || event.owner === undefined
      ? undefined
      : await createClient({ token, apiUrl: apiUrlOf(env), env, log: protocol.log });
  const chosen: ChosenPlan =
    problem === undefined
      ? await planOf(inputs, event, client, workspace)
      : { text: problem, origin: { file: inputs.plan, source: 'head' } };
  const posting = client !== undefined && !inputs.dryRun;

  let checkRunUrl = (): string | undefined => undefined;
  let closed = (): boolean => true;
  let reportPath = (): string | undefined => undefined;
  const gate: Gate = {
    phase: inputs.phase,
    source:
      chosen.text instanceof PlanError
        ? chosen.text
        : { text: chosen.text, origin: chosen.origin, ...(inputs.checklist === undefined ? {} : { only: inputs.phase }) },
    origin: chosen.origin,
    dryRun: inputs.dryRun,
    subject: subjectOf(event),
    facts: factsOf(event),
    notes: [...(chosen.note === undefined ? [] : [chosen.note]), ...postingNotes(inputs, event)],
    ...(inputs.option === undefined ? {} : { option: inputs.option }),
    ...(inputs.locale === undefined ? {} : { locale: inputs.locale }),
    ...pastReportsOf(client, event),
    sinks: (locale) => {
      const github = posting
        ? githubSinks({ client, event, phase: inputs.phase, locale, clock: systemClock, state })
        : { sinks: [], checkRunUrl, closed };
      const files = reportFilesSink(resolve(workspace, inputs.reportDirectory), locale);
      checkRunUrl = github.checkRunUrl;
      closed = github.closed;
      reportPath = () => files.path;
      const log = progressSink({ locale, colour: false, write: (text) => protocol.log.info(text.replace(/\n$/, '')) });
      return { remote: github.sinks, local: [log, files, summarySink(protocol, locale)] };
    },
  };
  const directory = join(workspace, inputs.workingDirectory);
  const checklist = await onMachine({ env, directory, signal, secrets, log: protocol.log }, (ports) => holdGate(gate, ports));
  await handOver(checklist, protocol, { 'check-run-url': checkRunUrl(), 'report-path': reportPath() });
  if (closed()) {
    // The closing step has nothing to do.
    await state.clear();
    protocol.setOutput(STATE.output, '');
  }
  return exitCodeOf(checklist);
}

function pastReportsOf(client: GithubClient | undefined, { owner, repository }: EventFacts): Pick<Gate, 'pastReports'> {
  const repo = repository?.split('/')[1];
  return client === undefined || owner === undefined || repo === undefined
    ? {}
    : { pastReports: pastReports(client, { owner, repo }) };
}

async function handOver(
  checklist: Checklist,
  protocol: RunnerProtocol,
  places: Partial<Record<OutputName, string | undefined>>,
): Promise<void> {
  setOutputs(protocol, {
    verdict: checklist.verdict,
    'reason-code': checklist.reason,
    'failed-items': JSON.stringify(blockingItems(checklist).map(({ id }) => id)),
    ...places,
  });
}

function setOutputs(protocol: RunnerProtocol, outputs: Partial<Record<OutputName, string | undefined>>): void {
  for (const [name, value] of Object.entries(outputs)) protocol.setOutput(name, value ?? '');
}

/** What a reader must know when nothing is posted, or not where it would be looked for. */
function postingNotes({ githubToken, dryRun }: Inputs, { headSha, owner }: EventFacts): readonly string[] {
  if (dryRun) return [];
  if (githubToken === undefined) return ['Nothing was posted to GitHub: input "github-token" is empty.'];
  if (owner === undefined || headSha === undefined) {
    return ['Nothing was posted to GitHub: the event does not tell which commit it speaks of. Set input "sha".'];
  }
  return [];
}

async function planOf(
  inputs: Inputs,
  event: EventFacts,
  client: GithubClient | undefined,
  workspace: string,
): Promise<ChosenPlan> {
  const { plan: file, checklist, planSource: wanted } = inputs;
  if (checklist !== undefined) return { text: checklist, origin: { file: 'input "checklist"', source: 'input' } };
  const { baseSha, headSha, owner, repository } = event;
  if (client === undefined && baseSha !== undefined && wanted !== 'head') {
    // Nobody but the workflow's author can leave the token out, and nothing is posted without it.
    const note = `Without "github-token" the base's plan cannot be read: this change is judged by its own ${file}.`;
    return { ...choosePlan({ head: await planInCheckout(resolve(workspace, file)), headSha, file }), note };
  }
  const repo = repository?.split('/')[1];
  const head = await planInCheckout(resolve(workspace, file));
  const base =
    client === undefined || baseSha === undefined || owner === undefined || repo === undefined || wanted === 'head'
      ? undefined
      : await planAtBase(client, { owner, repo }, baseSha, file).catch((error: unknown) =>
          error instanceof Error ? error : new Error(String(error)),
        );
  return choosePlan({ base, baseSha, head, headSha, file, wanted });
}

async function planInCheckout(path: string): Promise<PlanText> {
  try {
    return { text: await readFile(path, 'utf8') };
  } catch {
    return 'absent';
  }
}
