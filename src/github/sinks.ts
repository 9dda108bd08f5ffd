import type { Clock } from '../checklist/clock.ts';
import type { Phase } from '../checklist/model.ts';
import type { Sink } from '../checklist/sink.ts';
import type { Locale } from '../criteria/value.ts';
import { renderSummary, renderText, renderTitle } from '../report/markdown.ts';
import { planProblemsMarkdown, planProblemsOf } from '../report/plan-problems.ts';
import type { OpenState, StateFile } from '../runner/state.ts';
import { checkRunSink } from './check-run.ts';
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
  /** Whether all was brought to its end: then nothing is left for the closing step. */
  closed(): boolean;
}

/** The check run and the commit status of one gate. None when the event does not tell which commit it speaks of. */
export function githubSinks(options: GithubSinksOptions): GithubSinks {
  const { client, event, phase, locale, clock, state } = options;
  const { owner, repository, headSha, runUrl } = event;
  const repo = repository?.split('/')[1];
  if (owner === undefined || repo === undefined || headSha === undefined)
    return { sinks: [], checkRunUrl: () => undefined, closed: () => true };

  let open: OpenState = { owner, repo, sha: headSha, phase, statusPosted: false, open: true };
  const keep = async (more: Partial<OpenState>): Promise<void> => {
    open = { ...open, ...more };
    await state?.write(open);
  };
  const place = { client, owner, repo, headSha };
  const checkRun = checkRunSink({
    ...place,
    name: `Holdpoint: ${phase}`,
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
    // The jobs of a matrix have one name.
    externalId: ['holdpoint', phase, event.runId, event.attempt, event.job, crypto.randomUUID().slice(0, 8)]
      .filter((part) => part !== undefined)
      .join(':'),
    ...(runUrl === undefined ? {} : { detailsUrl: runUrl }),
    onCreated: (id) => keep({ checkRunId: id }),
  });
  const status = commitStatusSink({
    ...place,
    phase,
    clock,
    title: (checklist) => renderTitle(checklist, locale),
    targetUrl: () => checkRun.url ?? runUrl,
    onPosted: () => keep({ statusPosted: true }),
  });
  let left = 2;
  const counted = (sink: Sink): Sink => ({
    name: sink.name,
    open: (checklist) => sink.open(checklist),
    update: (checklist) => sink.update(checklist),
    async close(checklist) {
      await sink.close(checklist);
      left -= 1;
    },
  });
  return { sinks: [counted(checkRun), counted(status)], checkRunUrl: () => checkRun.url, closed: () => left === 0 };
}
