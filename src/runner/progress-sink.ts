import type { Checklist, Item } from '../checklist/model.ts';
import type { Sink } from '../checklist/sink.ts';
import type { Locale } from '../criteria/value.ts';
import { type PlanSources, planProblemsOf, planProblemsTerminal } from '../report/plan-problems.ts';
import { progressLine, renderTerminal } from '../report/terminal.ts';

export interface ProgressOptions {
  readonly locale: Locale;
  readonly colour: boolean;
  /** Columns of a terminal, which is kept up to date with what runs; absent for a log, which gets a line for each item that has ended. */
  readonly width?: number;
  /** The plan's text by its file's name, to show the lines that are wrong. */
  readonly sources?: PlanSources;
  /** Writes text as it is; may hold ANSI codes when there is a width. */
  readonly write: (text: string) => void;
}

/** Logs are read in wide windows. */
const LOG_COLUMNS = 120;
const CLEAR_LINE = '\r\u001b[2K';

/** Tells a terminal or a log what has ended, and at the end the whole report. */
export function progressSink({ locale, colour, width, sources = {}, write }: ProgressOptions): Sink {
  const told = new Set<string>();
  const style = { locale, colour, ...(width === undefined ? {} : { width }) };
  let live = '';

  const showLive = (line: string): void => {
    if (width === undefined || line === live) return;
    write(`${CLEAR_LINE}${line}`);
    live = line;
  };
  const hasEnded = ({ state }: Item): boolean => state !== 'pending' && state !== 'running';
  const update = (checklist: Checklist): void => {
    const ended = checklist.items.filter((item) => hasEnded(item) && !told.has(item.id));
    if (ended.length > 0) {
      for (const { id } of ended) told.add(id);
      showLive('');
      write(ended.map((item) => `${progressLine(item, style)}\n`).join(''));
    }
    const running = checklist.items.find(({ state }) => state === 'running');
    showLive(running === undefined ? '' : progressLine(running, style));
  };
  return {
    name: width === undefined ? 'log' : 'terminal',
    open: () => Promise.resolve(),
    update,
    close(checklist) {
      const problems = planProblemsOf(checklist);
      if (problems !== undefined) {
        write(planProblemsTerminal(problems, { locale, colour, sources }));
        return Promise.resolve();
      }
      update(checklist);
      showLive('');
      const final = width === undefined ? { width: LOG_COLUMNS, items: told.size === 0 } : { width };
      write(`${told.size > 0 ? '\n' : ''}${renderTerminal(checklist, { locale, colour, ...final })}`);
      return Promise.resolve();
    },
  };
}
