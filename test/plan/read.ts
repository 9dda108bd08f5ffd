import { PlanErrors } from '../../src/checklist/errors.ts';
import type { Phase } from '../../src/checklist/model.ts';
import { ALL_REGISTRIES } from '../../src/plan/all-registries.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { type ReadOptions, readPlan } from '../../src/plan/read.ts';
import type { Environment } from '../../src/runner/ports.ts';

const FILE = '.github/holdpoint.yml';

export function read(text: string, environment: Environment = {}, options: Partial<ReadOptions> = {}): Plan {
  return readPlan({ text, origin: { file: FILE, source: 'head' } }, environment, {
    registries: ALL_REGISTRIES,
    ...options,
  });
}

/** Reads a phase's section alone, as the action's `checklist` input has it. */
export function readSection(only: Phase, text: string, environment: Environment = {}): Plan {
  return readPlan({ text, origin: { file: 'checklist', source: 'input' }, only }, environment, {
    phase: only,
    registries: ALL_REGISTRIES,
  });
}

/** What is wrong with a plan: `line:column message`; empty when nothing is. */
export function problemsOf(text: string, environment: Environment = {}, options: Partial<ReadOptions> = {}): string[] {
  return told(() => read(text, environment, options));
}

export function told(reading: () => unknown): string[] {
  try {
    reading();
    return [];
  } catch (error) {
    if (!(error instanceof PlanErrors)) throw error;
    return error.problems.map(({ message, position }) => `${position?.line}:${position?.column} ${message}`);
  }
}

/** A plan of pre-deploy items, written with two spaces before each. */
export function preDeploy(items: string): string {
  return `version: 1\npre-deploy:\n${items}`;
}
