import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MeasurementError } from '../../checklist/errors.ts';
import { folderAt } from './folder.ts';
import type { BoundMigrationTool, MigrationContext, RegisteredMigrationTool } from './tool.ts';

/** A tool found in a folder of the repository, and how the plan would name it. */
export interface Candidate {
  readonly tool: RegisteredMigrationTool;
  /** The file that gave it away, from the repository's root. */
  readonly because: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** Folders below the root that no project of its own lies in. */
const NO_PROJECT = /^(?:\.|node_modules$|vendor$|dist$|build$|target$|test$|tests$|docs$|examples$)/;

/**
 * The tools that a folder is set up for; where it is for none, those of the folders right below it. Plain SQL files count only
 * where nothing else does: most tools have such files.
 */
export async function candidatesIn(
  root: string,
  directory: string | undefined,
  tools: readonly RegisteredMigrationTool[],
): Promise<readonly Candidate[]> {
  const here = await candidatesAt(root, directory, tools);
  if (here.length > 0 || directory !== undefined) return preferred(here);
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  const below = entries
    .filter((entry) => entry.isDirectory() && !NO_PROJECT.test(entry.name))
    .map(({ name }) => name)
    .sort();
  const found = await Promise.all(below.map((name) => candidatesAt(root, name, tools)));
  return preferred(found.flat());
}

async function candidatesAt(root: string, directory: string | undefined, tools: readonly RegisteredMigrationTool[]) {
  const folder = folderAt(join(root, directory ?? '.'));
  const found = await Promise.all(
    tools.map(async (tool): Promise<readonly Candidate[]> => {
      const detected = await tool.detect?.(folder);
      if (detected === undefined) return [];
      const inside = directory === undefined ? {} : { directory };
      const because = directory === undefined ? detected.because : `${directory}/${detected.because}`;
      return [{ tool, because, spec: { ...inside, ...detected.spec } }];
    }),
  );
  return found.flat();
}

const FALLBACK = 'sql';

function preferred(candidates: readonly Candidate[]): readonly Candidate[] {
  const others = candidates.filter(({ tool }) => tool.name !== FALLBACK);
  return others.length > 0 ? others : candidates;
}

/**
 * The tool that the repository is set up for: looked for when it is first asked for something.
 *
 * @param spec what the plan says beside `tool`; it goes to the tool that is found.
 */
export function detectedTool(
  spec: Readonly<Record<string, unknown>>,
  tools: readonly RegisteredMigrationTool[],
): BoundMigrationTool {
  let found: BoundMigrationTool | undefined;
  const tool = async (context: MigrationContext): Promise<BoundMigrationTool> => {
    found ??= await find(spec, tools, context);
    return found;
  };
  return {
    get name() {
      return found?.name ?? 'detected';
    },
    get description() {
      return found?.description ?? 'the migration tool that the repository is set up for';
    },
    current: async (context) => (await tool(context)).current(context),
    heads: async (context) => (await tool(context)).heads(context),
    files: async (context) => (await tool(context)).files(context),
    state: async (context, files) => (await tool(context)).state(context, files),
    apply: async (context) => (await tool(context)).apply(context),
    down: async (target, context) => (await tool(context)).down(target, context),
  };
}

async function find(
  spec: Readonly<Record<string, unknown>>,
  tools: readonly RegisteredMigrationTool[],
  context: MigrationContext,
): Promise<BoundMigrationTool> {
  const directory = typeof spec['directory'] === 'string' ? spec['directory'] : undefined;
  const candidates = await candidatesIn(context.directory, directory, tools);
  const [only, second] = candidates;
  if (only === undefined) {
    const names = tools.filter(({ detect }) => detect !== undefined).map(({ name }) => name);
    throw new MeasurementError(
      'tool_missing',
      `No migration tool was found in ${directory ?? 'the repository'}. Looked for ${names.join(', ')}. Say which one it is: \`run: { tool: alembic, directory: backend }\`; \`command\` runs any other.`,
    );
  }
  if (second !== undefined) {
    const each = candidates.map(({ tool, because }) => `${tool.name} (${because})`);
    throw new MeasurementError(
      'plan_error',
      `The repository is set up for ${each.slice(0, -1).join(', ')} and ${each.at(-1)}. Say in the plan which one migrates: ${written(only)}, or ${written(second)}.`,
    );
  }
  const binding = only.tool.bind({ ...only.spec, ...spec });
  if ('bound' in binding) return binding.bound;
  const issues = binding.issues.map(({ path, message }) => [path.join('.'), message].filter((part) => part !== '').join(': '));
  throw new MeasurementError(
    'plan_error',
    `${only.tool.name} was found (${only.because}), and what \`run:\` says does not fit it: ${issues.join('; ')}.`,
  );
}

function written({ tool, spec }: Candidate): string {
  const fields = Object.entries(spec).map(([key, value]) => `, ${key}: ${String(value)}`);
  return `\`run: { tool: ${tool.name}${fields.join('')} }\``;
}
