import { existsSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Outcome } from '../../src/checklist/model.ts';
import type { MigrationState } from '../../src/database/migrations/state.ts';
import type {
  Applied,
  BoundMigrationTool,
  DownTarget,
  MigrationContext,
  RegisteredMigrationTool,
} from '../../src/database/migrations/tool.ts';
import { migrationRun } from '../../src/phases/migrate-run.ts';
import type { MigratePlan } from '../../src/plan/plan.ts';
import { phaseContext } from '../phases/carry-out.ts';
import { temporaryFolder, testPorts } from './ports.ts';
import { oneDatabase } from './postgres.ts';

const HERE = fileURLToPath(new URL('migration-tools/', import.meta.url));

/** Where `install.sh` put the tools: .ci/run names the folder; by hand it is `test/support/migration-tools`. */
const TOOLS = process.env['HOLDPOINT_MIGRATION_TOOLS'] ?? HERE;

/** Whether tests of an installed tool must be skipped. In CI a missing one is a failure. */
export function lacksTool(name: string): boolean {
  if (existsSync(join(TOOLS, 'bin', name)) || existsSync(join(TOOLS, 'node_modules/.bin', name))) return false;
  if (process.env['CI'] === 'true') throw new Error(`${name} is not installed: in CI its tests must run.`);
  console.warn(`${name} is not installed (test/support/migration-tools/install.sh FOLDER): its tests are skipped.`);
  return true;
}

/** A PATH with the tools that are no packages of a project. */
export const PATH_WITH_TOOLS = `${join(TOOLS, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`;

export interface Project {
  readonly directory: string;
  write(path: string, ...lines: readonly string[]): Promise<void>;
}

/** A repository with these files. Its packages are those of the installed tools. */
export async function projectWith(files: Readonly<Record<string, string>> = {}): Promise<Project> {
  const directory = temporaryFolder();
  const write = async (path: string, ...lines: readonly string[]): Promise<void> => {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), `${lines.join('\n')}\n`);
  };
  for (const [path, text] of Object.entries(files)) await write(path, text);
  if (existsSync(join(TOOLS, 'node_modules'))) await symlink(join(TOOLS, 'node_modules'), join(directory, 'node_modules'));
  return { directory, write };
}

export interface Running {
  /** What the phase makes of it. */
  migrate(options?: {
    readonly signal?: AbortSignal;
    readonly dryRun?: boolean;
    readonly onProgress?: (text: string) => void;
  }): Promise<Outcome>;
  state(): Promise<MigrationState>;
  apply(): Promise<Applied>;
  down(target: DownTarget): Promise<Applied>;
  readonly argv: readonly string[];
}

export interface Place {
  readonly directory: string;
  readonly databaseUrl: string;
  readonly path?: string;
}

export function boundTool(tool: RegisteredMigrationTool, spec: object): BoundMigrationTool {
  const binding = tool.bind(spec);
  if ('issues' in binding) throw new Error(binding.issues.map(({ message }) => message).join());
  return binding.bound;
}

/** A tool in a repository, on a database. */
export function running(tool: BoundMigrationTool, { directory, databaseUrl, path = PATH_WITH_TOOLS }: Place): Running {
  const own = testPorts({ env: { PATH: path, HOME: process.env['HOME'] }, directory });
  const argv: string[] = [];
  const ports = {
    ...own,
    exec: (request: Parameters<typeof own.exec>[0]) => {
      argv.push([request.file, ...request.args].join(' '));
      return own.exec(request);
    },
  };
  const context: MigrationContext = { ...ports, databaseUrl, progress: () => undefined };
  return {
    argv,
    state: () => tool.state(context),
    apply: () => tool.apply(context),
    down: (target) => tool.down(target, context),
    migrate({ signal = ports.signal, dryRun = false, onProgress = () => undefined } = {}) {
      const position = { file: 'holdpoint.yml', line: 1, column: 1 };
      const section: MigratePlan = {
        database: 'main',
        tool,
        limitMs: 60_000,
        criteria: [],
        policy: { inconclusive: 'block', error: 'block' },
        indexes: [],
        queries: [],
        checks: [],
        position,
      };
      const phase = phaseContext({ ...ports, databases: oneDatabase(databaseUrl), dryRun });
      const run = migrationRun(section, phase);
      const step = { signal, progress: onProgress, measured: () => undefined };
      return dryRun ? run.foresee(step) : run.carryOut(step);
    },
  };
}
