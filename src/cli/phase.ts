import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PlanError } from '../checklist/errors.ts';
import { exitCodeOf } from '../checklist/exit-code.ts';
import type { Sink } from '../checklist/sink.ts';
import type { Locale } from '../criteria/value.ts';
import { type EventFacts, factsOf, readEvent, subjectOf } from '../github/event.ts';
import { holdGate } from '../phases/gate.ts';
import { noPlanMessage } from '../plan/missing.ts';
import { systemClock } from '../runner/clock.ts';
import { eventPayload } from '../runner/event-payload.ts';
import { onMachine } from '../runner/machine.ts';
import type { Environment, Log } from '../runner/ports.ts';
import { progressSink } from '../runner/progress-sink.ts';
import { reportFilesSink } from '../runner/report-files.ts';
import { secretSet } from '../runner/secrets.ts';
import type { PhaseCommand } from './arguments.ts';
import type { Terminal } from './terminal.ts';

/** Holds one phase's gate from the command line. Exit status by verdict. */
export async function runPhase(
  command: PhaseCommand,
  env: Environment,
  signal: AbortSignal,
  terminal: Terminal,
): Promise<number> {
  const { phase, planFile, dryRun, json } = command;
  const directory = process.cwd();
  const event = readEvent(await eventPayload(env), env);
  const text = planText(resolve(directory, planFile), planFile);
  const origin = { file: planFile, source: 'head' } as const;
  const log = quietLog(terminal);
  const notes: string[] = [];
  const github = command.post && !dryRun ? await posting(command, event, env, notes, log) : undefined;
  const secrets = secretSet();
  if (env['GITHUB_TOKEN']) secrets.add(env['GITHUB_TOKEN']);
  const checklist = await onMachine({ env, directory, signal, secrets, log }, (ports) =>
    holdGate(
      {
        phase,
        source: text instanceof PlanError ? text : { text, origin },
        origin,
        dryRun,
        subject: subjectOf(event),
        facts: factsOf(event),
        notes,
        ...(command.option === undefined ? {} : { option: command.option }),
        ...(command.locale === undefined ? {} : { locale: command.locale }),
        ...(github === undefined ? {} : { pastReports: github.pastReports }),
        sinks: (locale) => ({ remote: github?.sinks(locale) ?? [], local: localSinks(command, locale, terminal, text) }),
      },
      ports,
    ),
  );
  if (json) {
    const { renderJson } = await import('../report/json.ts');
    await terminal.out(`${JSON.stringify(renderJson(checklist), null, 2)}\n`);
  }
  return exitCodeOf(checklist);
}

function localSinks(
  { json, colour, reportDirectory, planFile }: PhaseCommand,
  locale: Locale,
  terminal: Terminal,
  text: string | PlanError,
): readonly Sink[] {
  const stream = json ? terminal.errors : terminal.output;
  const progress = progressSink({
    locale,
    colour: colour ?? stream.colour,
    write: json ? terminal.error : terminal.out,
    ...(text instanceof PlanError ? {} : { sources: { [planFile]: text } }),
    ...(stream.columns === undefined ? {} : { width: stream.columns }),
  });
  return [progress, ...(reportDirectory === undefined ? [] : [reportFilesSink(resolve(reportDirectory), locale)])];
}

/** The sinks of `--post`, which asks for what the actions do by themselves. */
async function posting({ phase }: PhaseCommand, event: EventFacts, env: Environment, notes: string[], log: Log) {
  const token = env['GITHUB_TOKEN'];
  if (!token || event.owner === undefined || event.headSha === undefined) {
    notes.push('Nothing was posted to GitHub: `--post` needs GITHUB_TOKEN, GITHUB_REPOSITORY and GITHUB_SHA in the environment.');
    return undefined;
  }
  const [{ createClient }, { githubSinks }, { pastReports }] = await Promise.all([
    import('../github/client.ts'),
    import('../github/sinks.ts'),
    import('../github/past-reports.ts'),
  ]);
  const client = await createClient({ token, apiUrl: env['GITHUB_API_URL'] || 'https://api.github.com', env, log });
  return {
    sinks: (locale: Locale) => githubSinks({ client, event, phase, locale, clock: systemClock }).sinks,
    pastReports: pastReports(client, { owner: event.owner, repo: event.repository?.split('/')[1] ?? '' }),
  };
}

function planText(path: string, file: string): string | PlanError {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return new PlanError(noPlanMessage(file, error), undefined, { cause: error });
  }
}

function quietLog({ error }: Terminal): Log {
  return {
    info: (text) => void error(`${text}\n`),
    warn: (text) => void error(`${text}\n`),
    error: (text) => void error(`${text}\n`),
    debug: () => undefined,
  };
}
