import type { Evidence } from '../checklist/model.ts';
import { type Session, withSession } from '../database/client.ts';
import { type IndexBuild, type Look, lookAtBuilds } from '../database/safety/index-progress.ts';
import type { OtherSession } from '../database/safety/sessions.ts';
import type { PhaseContext } from './phase.ts';
import { type SafetyWords, safetyWords } from './words/migrate-safety.ts';

const LOOK_EVERY_MS = 250;
const KEPT_ROWS = 200;

/** What was seen of a migration from beside it. */
export interface Watched {
  /** The last lock that its tool waited for, the longest time that it waited for one session, and who held it. */
  readonly wait?: { readonly blocker: OtherSession; readonly ms: number };
  /** The longest that it waited for one session without a pause. */
  readonly longestWaitMs: number;
  /** The most sessions of others that waited for its locks at a time. */
  readonly blocked: number;
  readonly evidence: readonly Evidence[];
  /** Why the watch ended early. */
  readonly problem?: string;
}

export interface Watch {
  /** Ends it and gives what was seen. Never throws. */
  end(): Promise<Watched>;
}

interface Watching {
  readonly url: string;
  /** Milliseconds since the epoch, by the server. */
  readonly since: number;
  /** What the tool's sessions call themselves, where their driver lets them. */
  readonly application: string;
  readonly progress: (text: string) => void;
}

interface Row {
  readonly key: string;
  readonly at: number;
  readonly build: IndexBuild;
  readonly blocker: string;
}

/** Looks at builds of indexes and at who waits for whom, until it is ended. */
export function watchMigration({ url, since, application, progress }: Watching, context: PhaseContext): Watch {
  const words = safetyWords(context.locale);
  const stop = new AbortController();
  const began = context.clock.now();
  let wait: Watched['wait'];
  let waiting: { readonly pid: number; readonly at: number } | undefined;
  let blocked = 0;
  let longestWaitMs = 0;
  let problem: string | undefined;
  const rows: Row[] = [];

  const own = ({ application: name }: OtherSession, startedSince: boolean): boolean =>
    name.startsWith(application) || startedSince;

  const note = ({ builds, waits }: Look): void => {
    const now = context.clock.now();
    const named = waits.filter(({ waiter }) => waiter.application.startsWith(application));
    // Where the tool gives its sessions a name of its own, those that came since the start are taken for its.
    const ours = named.length > 0 ? named : waits.filter(({ waiter, startedSince }) => own(waiter, startedSince));
    const mine = new Set([...ours.map(({ waiter }) => waiter.pid), ...builds.map(({ pid }) => pid)]);
    const [first] = ours;
    if (first === undefined) waiting = undefined;
    else {
      if (waiting?.pid !== first.blocker.pid) waiting = { pid: first.blocker.pid, at: now };
      wait = { blocker: first.blocker, ms: now - waiting.at };
      longestWaitMs = Math.max(longestWaitMs, wait.ms);
    }
    const others = waits.filter(
      ({ waiter, blocker }) => !mine.has(waiter.pid) && (mine.has(blocker.pid) || blocker.application.startsWith(application)),
    );
    blocked = Math.max(blocked, new Set(others.map(({ waiter }) => waiter.pid)).size);
    for (const build of builds) {
      const blocker = waits.find(({ waiter }) => waiter.pid === build.pid)?.blocker;
      const told = blocker === undefined ? '' : words.session(blocker);
      progress(context.secrets.mask(progressText(build, told, words)));
      const key = `${build.pid} ${build.phase} ${blocker?.pid ?? ''}`;
      if (rows.at(-1)?.key === key) rows.splice(-1, 1, { ...(rows.at(-1) ?? { key, at: now }), build, blocker: told });
      else if (rows.length < KEPT_ROWS) rows.push({ key, at: now, build, blocker: told });
    }
    if (builds.length === 0 && first !== undefined) progress(words.blockedBy(words.session(first.blocker)));
  };

  const looking = withSession(url, { secrets: context.secrets }, async (session: Session) => {
    while (!stop.signal.aborted) {
      note(await lookAtBuilds(session, since, context.secrets));
      await context.clock.sleep(LOOK_EVERY_MS, stop.signal).catch(() => undefined);
    }
  }).catch((error: unknown) => {
    problem = error instanceof Error ? error.message : String(error);
  });

  return {
    async end() {
      stop.abort();
      await looking;
      const evidence: readonly Evidence[] = rows.length === 0 ? [] : [table(rows, began, words, context)];
      return {
        blocked,
        longestWaitMs,
        evidence,
        ...(wait === undefined ? {} : { wait }),
        ...(problem === undefined ? {} : { problem }),
      };
    },
  };
}

function progressText(build: IndexBuild, blocker: string, words: SafetyWords): string {
  const { command, index, table: on, phase, lockersDone, lockersTotal } = build;
  const lockers = lockersTotal > 0 && phase.startsWith('waiting') ? words.lockers(lockersDone, lockersTotal) : '';
  const text = words.build(index === '' ? command : `${command} ${index}`, on, phase, percent(build), lockers);
  return blocker === '' ? text : `${text}; ${words.blockedBy(blocker)}`;
}

function percent({ share, phase }: IndexBuild): string {
  return share === undefined || phase.startsWith('waiting') ? '' : `${Math.floor(share * 100)} %`;
}

function table(rows: readonly Row[], began: number, words: SafetyWords, { secrets }: PhaseContext): Evidence {
  const { title, time, build, phase, done, blocker } = words.builds;
  return {
    kind: 'table',
    title,
    columns: [time, build, phase, done, blocker],
    rows: rows.map((row) => [
      `${((row.at - began) / 1000).toFixed(1)} s`,
      `${row.build.command} ${row.build.index === '' ? row.build.table : row.build.index}`,
      row.build.phase,
      row.build.phase.startsWith('waiting') ? `${row.build.lockersDone}/${row.build.lockersTotal}` : percent(row.build),
      secrets.mask(row.blocker),
    ]),
  };
}
