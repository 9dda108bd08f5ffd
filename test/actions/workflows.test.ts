import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { READMES } from '../../scripts/readme-tables.ts';
import { codeBlocks, read, WORKFLOWS } from './repository.ts';
import { problemsOf } from './workflow-parser.ts';

const workflowSchema = z.object({
  permissions: z.unknown(),
  concurrency: z.object({ group: z.string() }),
  jobs: z.record(
    z.string(),
    z.object({
      permissions: z.record(z.string(), z.string()),
      'timeout-minutes': z.number(),
      steps: z.array(
        z.object({ uses: z.string().optional(), run: z.string().optional(), with: z.record(z.string(), z.unknown()).optional() }),
      ),
    }),
  ),
});

/** This repository's workflows, and those that its READMEs show. */
const workflows = [
  ...WORKFLOWS.map((file) => ({ file, content: read(file) })),
  ...READMES.map(({ file }) => ({ file, content: codeBlocks(read(file), 'yaml')[0] ?? '' })),
].map((workflow) => ({ ...workflow, ...workflowSchema.parse(parse(workflow.content)) }));

describe.each(workflows)('the workflow in $file', ({ file, content, permissions, jobs }) => {
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  test("is accepted by GitHub's own parser", async () => {
    expect(await problemsOf('workflow', file, content)).toEqual([]);
  });

  test('grants nothing on top, and gives a reason for each permission of a job', () => {
    expect(permissions).toEqual({});
    const lines = content.split('\n').filter((line) => /^\s+[a-z-]+: (?:read|write)\b/.test(line));
    const granted = Object.values(jobs).flatMap((job) => Object.keys(job.permissions));
    expect(lines).toHaveLength(granted.length);
    for (const line of lines) expect(line).toMatch(/: (?:read|write) # to \w/);
  });

  test('pins every action by its full commit SHA, with the version in a comment', () => {
    for (const [, reference = ''] of content.matchAll(/^[\s-]*uses:\s*(.+)$/gm)) {
      if (!reference.startsWith('./'))
        expect(reference).toMatch(/^[\w.-]+\/[\w./-]+@(?:[0-9a-f]{40}|<commit sha>) # v\d+\.\d+\.\d+$/);
    }
  });

  test('leaves no credentials in a checkout, and puts no expression into a script', () => {
    for (const step of steps) {
      if (step.uses?.startsWith('actions/checkout@')) expect(step.with).toMatchObject({ 'persist-credentials': false });
      expect(step.run ?? '').not.toContain('${{');
    }
  });
});

test('the parser that these files are held against does refuse what is wrong', async () => {
  const wrong = 'on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps: [{ run: "true", shel: bash }]\n';
  expect(await problemsOf('workflow', 'wrong.yml', wrong)).toEqual([expect.stringContaining("Unexpected value 'shel'")]);
});
