import { readFile } from 'node:fs/promises';
import { PlanError } from '../checklist/errors.ts';
import { evaluateCriterion } from '../criteria/evaluate.ts';
import { explainEvaluation } from '../criteria/explain.ts';
import { readMeasurements } from '../criteria/measurements-file.ts';
import { CriterionSyntaxError, parseCriterion } from '../criteria/parse.ts';
import type { Criterion } from '../criteria/syntax.ts';
import type { Measurements } from '../criteria/value.ts';
import type { Command } from './arguments.ts';
import type { Terminal } from './terminal.ts';

/** Shows how a criterion is read; with measurements, how it is judged. Exit status 0 holds, 1 does not, 3 cannot be told. */
export async function runExplain(command: Extract<Command, { kind: 'explain' }>, terminal: Terminal): Promise<number> {
  const criterion = parse(command.criterion);
  if (command.measurementsFile === undefined) {
    if (command.json) await terminal.out(`${JSON.stringify(criterion, null, 2)}\n`);
    else await terminal.out(`${summary(criterion).join('\n')}\n`);
    return 0;
  }
  const measurements = await measurementsIn(command.measurementsFile);
  const baseline = command.baselineFile === undefined ? {} : { baseline: await measurementsIn(command.baselineFile) };
  const evaluation = evaluateCriterion(criterion, { observations: observationsOf(measurements), ...baseline });
  if (command.json) await terminal.out(`${JSON.stringify({ criterion: criterion.source, ...evaluation }, null, 2)}\n`);
  else await terminal.out(`${explainEvaluation(evaluation, command.locale).join('\n')}\n`);
  return evaluation.outcome === 'holds' ? 0 : evaluation.outcome === 'violated' ? 1 : 3;
}

/** Series carry their own times; the newest of them is now. */
function observationsOf(measurements: Measurements) {
  const times = Object.values(measurements).flatMap(({ value }) =>
    value.kind === 'series' ? value.points.map(({ at }) => at) : [],
  );
  return [{ at: times.length === 0 ? 0 : Math.max(...times), measurements }];
}

function summary({ source, names, windowMs, usesBaseline }: Criterion): readonly string[] {
  return [
    source,
    `  measurements: ${names.join(', ') || 'none'}`,
    ...(usesBaseline ? ['  needs a baseline'] : []),
    ...(windowMs > 0 ? [`  must hold for ${windowMs / 1000} s without a break`] : []),
  ];
}

function parse(source: string): Criterion {
  try {
    return parseCriterion(source);
  } catch (error) {
    if (!(error instanceof CriterionSyntaxError)) throw error;
    const caret = `${' '.repeat(error.offset)}${'^'.repeat(Math.max(1, Math.min(error.length, source.length - error.offset)))}`;
    throw new PlanError(`${error.message}\n  ${source}\n  ${caret}`, undefined, { cause: error });
  }
}

async function measurementsIn(file: string): Promise<Measurements> {
  try {
    return readMeasurements(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new PlanError(`The measurements in ${file} could not be read: ${why}`, undefined, { cause: error });
  }
}
