import type { Octokit } from '@octokit/rest';
import type { Clock } from '../checklist/clock.ts';
import type { Checklist, Phase } from '../checklist/model.ts';
import type { Sink } from '../checklist/sink.ts';
import type { Locale } from '../criteria/value.ts';
import { cutToBytes } from '../report/budget.ts';
import { shortLine } from '../report/escape.ts';
import { CHECK_RUN_BYTES } from '../report/markdown.ts';
import { type Annotation, annotationsOf } from './annotations.ts';
import { atMost } from './at-most.ts';
import { describeFailure, mayHaveBeenDone, mayPass, statusOf, type Wanted } from './failure.ts';
import { graceOf, pacedUpdates, type Updates } from './updates.ts';

/** The part of GitHub's API that a check run needs. */
export interface ChecksApi {
  readonly rest: { readonly checks: Pick<Octokit['rest']['checks'], 'create' | 'update' | 'listForRef'> };
}

export interface CheckRunOptions {
  readonly client: ChecksApi;
  readonly owner: string;
  readonly repo: string;
  readonly headSha: string;
  /** Fixed, and its own for each phase: branch rules name it. */
  readonly name: string;
  readonly clock: Clock;
  readonly render: {
    title(checklist: Checklist): string;
    summary(checklist: Checklist): string;
    /** Empty: none. */
    text(checklist: Checklist): string;
  };
  /** This gate's alone, among all of this name at the commit. */
  readonly externalId?: string;
  readonly detailsUrl?: string;
  /** Whether to remark at the plan's lines. */
  readonly annotate: boolean;
  /** Of the annotations. */
  readonly locale?: Locale;
}

export interface CheckRunSink extends Sink {
  /** Whether GitHub shows one in progress, or may: the answer to its making was lost, and it may yet appear beside the one that was made after. */
  readonly leftOpen: boolean;
  /** The page of the check run; undefined while there is none. */
  readonly url: string | undefined;
  readonly id: number | undefined;
}

type Conclusion = 'success' | 'failure' | 'cancelled';

/** Fixed, and its own for each phase. */
export function checkRunName(phase: Phase): string {
  return `Holdpoint: ${phase}`;
}

/**
 * Only what passed is a success: GitHub takes `neutral` and `skipped` for as good as that, so a checklist that tells nothing,
 * a dry run's too, is a failure.
 */
export function conclusionOf({ verdict, reason }: Pick<Checklist, 'verdict' | 'reason'>): Conclusion {
  if (reason === 'cancelled') return 'cancelled';
  return verdict === 'pass' || verdict === 'warn' ? 'success' : 'failure';
}

/** GitHub takes no more in one request, and appends what it is sent. */
const ANNOTATIONS_A_REQUEST = 50;
const TITLE_LENGTH = 255;
/** The gate does not wait longer for its check run; it is then made while the items run. */
const OPEN_MS = 3_000;
/** Milliseconds before each further attempt to make it; none is begun later than this after the first. */
const PAUSES_MS = [1_000, 4_000];
const LAST_ATTEMPT_MS = 15_000;

/**
 * Shows the checklist as a check run: every item pending at first, then as it stands, then completed. What `open` could not do
 * `close` tries once more, and only then is it told; a completed check run is never opened again.
 */
export function checkRunSink(options: CheckRunOptions): CheckRunSink {
  const { client, owner, repo, headSha, name, clock, render, externalId, detailsUrl } = options;
  const api = client.rest.checks;
  let created: { readonly id: number; readonly url: string } | undefined;
  let completed = false;
  let updates: Updates<Checklist> | undefined;
  let shown: string | undefined;
  let newest: Checklist | undefined;
  let opening: Promise<void> | undefined;
  /** An attempt to make it may have made it without our knowing. */
  let doubtful = false;
  /** Of one that got no answer at all, what it makes may appear at any time. */
  let unanswered = false;
  const tooLate = new AbortController();

  const output = (checklist: Checklist) => {
    const title = shortLine(render.title(checklist), TITLE_LENGTH) || name;
    const text = cutToBytes(render.text(checklist), CHECK_RUN_BYTES);
    // An update replaces the whole output, so each has all of it.
    return { title, summary: cutToBytes(render.summary(checklist), CHECK_RUN_BYTES) || title, ...(text === '' ? {} : { text }) };
  };

  /**
   * Makes the check run, attempt by attempt: one whose answer was lost may have made it, and who asks again blindly makes a second
   * beside it, so the first stays open for ever.
   */
  const create = async (state: CreateState, signal?: AbortSignal): Promise<void> => {
    const request = { ...(signal === undefined ? {} : { signal }), retries: 0 };
    const place = { owner, repo, request };
    const startedAt = clock.now();
    for (let attempt = 0; ; attempt += 1) {
      try {
        const made = doubtful ? await find(place) : undefined;
        const { data } =
          made === undefined
            ? await api.create({
                ...place,
                name,
                head_sha: headSha,
                ...(externalId === undefined ? {} : { external_id: externalId }),
                ...(detailsUrl === undefined ? {} : { details_url: detailsUrl }),
                ...state,
              })
            : await api.update({ ...place, check_run_id: made, ...state });
        created = { id: data.id, url: data.html_url ?? '' };
        doubtful = made === undefined && unanswered;
        return;
      } catch (error) {
        doubtful ||= mayHaveBeenDone(error);
        unanswered ||= statusOf(error) === undefined;
        if (!mayPass(error)) throw error;
        const pause = PAUSES_MS[attempt];
        if (pause === undefined || clock.now() - startedAt + pause > LAST_ATTEMPT_MS) throw error;
        await clock.sleep(pause, signal);
      }
    }
  };

  /** The check run of this gate that an earlier attempt made without our knowing; undefined where there is none. */
  const find = async (place: Place): Promise<number | undefined> => {
    if (externalId === undefined) return undefined;
    try {
      const { data } = await api.listForRef({ ...place, ref: headSha, check_name: name, filter: 'all', per_page: 100 });
      return data.check_runs.find(({ external_id }) => external_id === externalId)?.id;
    } catch (error) {
      if (mayPass(error)) throw error;
      return undefined;
    }
  };

  const begin = async (checklist: Checklist): Promise<void> => {
    const first = output(checklist);
    await create({ status: 'in_progress', started_at: iso(checklist.startedAt), output: first }, tooLate.signal);
    shown = JSON.stringify(first);
    updates = pacedUpdates(send, clock);
    if (newest !== undefined) updates.offer(newest);
  };

  const send = async (checklist: Checklist, signal: AbortSignal): Promise<void> => {
    const next = output(checklist);
    const rendered = JSON.stringify(next);
    if (created === undefined || rendered === shown) return;
    // No status: should this arrive late, it must not open what was completed. No second try: the next update is one.
    await api.update({ owner, repo, check_run_id: created.id, output: next, request: { signal, retries: 0 } });
    shown = rendered;
  };

  /** @returns what is still to be appended: the annotations that one request does not take. */
  const complete = async (checklist: Checklist) => {
    const annotations = options.annotate ? annotationsOf(checklist, options.locale) : [];
    const parts = inParts(annotations);
    const final = output(checklist);
    const [first = []] = parts;
    const ended = {
      status: 'completed',
      conclusion: conclusionOf(checklist),
      completed_at: iso(checklist.finishedAt ?? clock.now()),
      output: { ...final, ...(first.length === 0 ? {} : { annotations: first }) },
    } as const;
    if (created === undefined) await create({ ...ended, started_at: iso(checklist.startedAt) });
    else await api.update({ owner, repo, check_run_id: created.id, ...ended });
    completed = true;
    return parts.slice(1).map((more) => ({ ...final, annotations: more }));
  };

  const append = async (outputs: readonly (Output & { readonly annotations: ApiAnnotation[] })[]): Promise<void> => {
    for (const more of outputs) {
      if (created !== undefined) await api.update({ owner, repo, check_run_id: created.id, output: more });
    }
  };

  return {
    name: 'check run',
    get leftOpen() {
      return doubtful || (!completed && created !== undefined);
    },
    get id() {
      return created?.id;
    },
    get url() {
      return created?.url || undefined;
    },
    async open(checklist) {
      // Over before it began, by a plan with problems: one request at the end says it all.
      if (checklist.verdict !== 'running') return;
      opening = begin(checklist).catch(() => undefined);
      await atMost(OPEN_MS, opening, clock);
    },
    update(checklist) {
      newest = checklist;
      updates?.offer(checklist);
    },
    async close(checklist) {
      if (opening !== undefined) {
        await atMost(graceOf(checklist), opening, clock);
        tooLate.abort();
        await opening;
      }
      await updates?.stop(graceOf(checklist));
      const told = (what: Wanted) => (error: unknown) => {
        throw new Error(describeFailure(error, what, 'checks: write'), { cause: error });
      };
      const rest = await complete(checklist).catch(told('check run'));
      await append(rest).catch(told('annotations'));
    },
  };
}

interface Place {
  readonly owner: string;
  readonly repo: string;
  readonly request: { readonly signal?: AbortSignal; readonly retries: number };
}

interface Output {
  readonly title: string;
  readonly summary: string;
  readonly text?: string;
}

type CreateState =
  | { readonly status: 'in_progress'; readonly started_at: string; readonly output: Output }
  | {
      readonly status: 'completed';
      readonly conclusion: Conclusion;
      readonly started_at: string;
      readonly completed_at: string;
      readonly output: Output & { readonly annotations?: ApiAnnotation[] };
    };

interface ApiAnnotation {
  path: string;
  start_line: number;
  end_line: number;
  annotation_level: Annotation['level'];
  title: string;
  message: string;
}

function inParts(annotations: readonly Annotation[]): ApiAnnotation[][] {
  const all = annotations.map(({ path, line, level, title, message }) => ({
    path,
    start_line: line,
    end_line: line,
    annotation_level: level,
    title,
    message,
  }));
  const parts: ApiAnnotation[][] = [];
  for (let at = 0; at < all.length; at += ANNOTATIONS_A_REQUEST) parts.push(all.slice(at, at + ANNOTATIONS_A_REQUEST));
  return parts;
}

const iso = (at: number): string => new Date(at).toISOString();
