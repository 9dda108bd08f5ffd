import type { TestContext } from 'vitest';

/** The test that parts are started for: concurrent tests must say which they are. */
export type Owner = Pick<TestContext, 'onTestFinished'>;

/** Keeps a part running until the test ends. */
export function during<Part extends { stop(): Promise<void> } | { close(): Promise<void> }>(
  { onTestFinished }: Owner,
  part: Part,
): Part {
  onTestFinished(() => ('stop' in part ? part.stop() : part.close()));
  return part;
}
