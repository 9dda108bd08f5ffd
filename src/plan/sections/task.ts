import * as z from 'zod';
import { once } from '../once.ts';
import { durationText } from './check.ts';

/** The keys of a task beside the one that says what it does. */
export const taskFields = once(() => ({
  title: z.string().min(1).describe('What a reader sees. Default: from the task.').optional(),
  within: durationText().describe('The longest it may take: `5m`. Default: the task’s own.').optional(),
}));

/** One task: these keys, and exactly one of the registry’s, which the compiler looks up. */
export const taskSchema = once(() => z.looseObject(taskFields()));
