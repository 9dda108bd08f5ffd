import type { Sink } from '../checklist/sink.ts';
import type { Locale } from '../criteria/value.ts';
import { logGroups } from '../report/log-groups.ts';
import { renderJobSummary } from '../report/markdown.ts';
import { planProblemsMarkdown, planProblemsOf } from '../report/plan-problems.ts';
import { findingLine } from '../report/sentence.ts';
import { blockingItems, warningItems } from '../report/tally.ts';
import type { RunnerProtocol } from '../runner/protocol.ts';

/** Shows the report on the run's own page: the job summary, folded evidence in the log, and a remark at the plan's line for each failure. */
export function summarySink(protocol: RunnerProtocol, locale: Locale): Sink {
  return {
    name: 'job summary',
    open: () => Promise.resolve(),
    update() {
      // The page shows a summary only when the step has ended.
    },
    async close(checklist) {
      for (const { title, lines } of logGroups(checklist, locale)) protocol.group(title, lines);
      for (const [level, items] of [
        ['error', blockingItems(checklist)],
        ['warning', warningItems(checklist)],
      ] as const) {
        for (const item of items) {
          const { position } = item;
          const place =
            position === undefined || checklist.plan.source === 'input' ? {} : { file: position.file, line: position.line };
          protocol.annotate({ level, title: item.title, message: findingLine(item, locale), ...place });
        }
      }
      const problems = planProblemsOf(checklist);
      await protocol.appendSummary(
        problems === undefined ? renderJobSummary(checklist, { locale }) : planProblemsMarkdown(problems, { locale }),
      );
    },
  };
}
