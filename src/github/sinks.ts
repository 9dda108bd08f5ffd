import type { Clock } from '../checklist/clock.ts';
import type { Phase } from '../checklist/model.ts';
import type { Sink } from '../checklist/sink.ts';
import type { Locale } from '../criteria/value.ts';
import { renderSummary, renderText, renderTitle } from '../report/markdown.ts';
import { planProblemsMarkdown, planProblemsOf } from '../report/plan-problems.ts';
import type { StateFile } from '../runner/state.ts';
import { checkRunName, checkRunSink } from './check-run.ts';
import type { GithubClient } from './client.ts';
import { commitStatusSink } from './commit-status.ts';
import type { EventFacts } from './event.ts';

export interface GithubSinksOptions {
  readonly client: GithubClient;
  readonly event: EventFacts;
  readonly phase: Phase;
  readonly locale: Locale;
  readonly clock: Clock;
  /** Keeps what is open, for the step that comes after a killed gate. */
  readonly state?: StateFile;
}

export interface GithubSinks {
  readonly sinks: readonly Sink[];
  /** The page of the check run, once there is one. */
  checkRunUrl(): string | undefined;
  /** Whether nothing is left for the closing step: all that was begun was brought to its end. */
  closed(): boolean;
}

/** The check run and the commit status of one gate. None when the event does not tell which commit it speaks of. */
export function githubSinks(options: GithubSinksOptions): GithubSinks {
  const { client, event, phase, locale, clock, state } = options;
  const { owner, repository, headSha, runUrl } = event;
  const repo = repository?.split('/')[1];
  if (owner === undefined || repo === undefined || headSha === undefined)
    return { sinks: [], checkRunUrl: () => undefined, closed: () => true };

  // The jobs of a matrix have one name.
  const externalId = ['holdpoint', phase, event.runId, event.attempt, event.job, crypto.randomUUID().slice(0, 8)]
    .filter((part) => part !== undefined)
    .join(':');
  // Known before anything is posted, so that no moment is left in which a killed gate leaves something that nobody looks for.
  const kept = state?.write({ owner, repo, sha: headSha, phase, externalId }).catch(() => undefined);
  const place = { client, owner, repo, headSha };
  const checkRun = checkRunSink({
    ...place,
    name: checkRunName(phase),
    clock,
    locale,
    annotate: true,
    render: {
      title: (checklist) => renderTitle(checklist, locale),
      summary: (checklist) => {
        const problems = planProblemsOf(checklist);
        return problems === undefined ? renderSummary(checklist, { locale }) : planProblemsMarkdown(problems, { locale });
      },
      text: (checklist) => renderText(checklist, { locale }),
    },
    externalId,
    ...(runUrl === undefined ? {} : { detailsUrl: runUrl }),
  });
  const status = commitStatusSink({
    ...place,
    phase,
    clock,
    title: (checklist) => renderTitle(checklist, locale),
    targetUrl: () => checkRun.url ?? runUrl,
  });
  const afterState = (sink: Sink): Sink => ({
    name: sink.name,
    async open(checklist) {
      await kept;
      await sink.open(checklist);
    },
    update: (checklist) => sink.update(checklist),
    close: (checklist) => sink.close(checklist),
  });
  return {
    sinks: [afterState(checkRun), afterState(status)],
    checkRunUrl: () => checkRun.url,
    closed: () => !checkRun.leftOpen && !status.leftOpen,
  };
}
