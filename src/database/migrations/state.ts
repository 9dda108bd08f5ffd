import type { Dirty, MigrationFile, MigrationFiles, Recorded } from './tool.ts';

export interface KnownMigration extends MigrationFile {
  readonly applied: boolean;
}

/** The migration files and the tool's table, held against each other. */
export interface MigrationState {
  readonly current: readonly string[];
  /** Where the files end; undefined when they are not known. */
  readonly heads: readonly string[] | undefined;
  /** Oldest first; undefined for a tool that cannot tell. */
  readonly migrations: readonly KnownMigration[] | undefined;
  /** Those of `migrations` that are not applied. */
  readonly pending: readonly KnownMigration[] | undefined;
  readonly conflict?: readonly string[];
  readonly dirty?: Dirty;
}

export function stateOf(files: MigrationFiles | undefined, recorded: Recorded): MigrationState {
  const applied = files?.migrations && new Set(recorded.applied ?? ancestors(files.migrations, recorded.current));
  const migrations = files?.migrations?.map((file) => ({ ...file, applied: applied?.has(file.version) === true }));
  return {
    current: recorded.current,
    heads: files?.heads,
    migrations,
    pending: migrations?.filter((migration) => !migration.applied),
    ...(files?.conflict === undefined ? {} : { conflict: files.conflict }),
    ...(recorded.dirty === undefined ? {} : { dirty: recorded.dirty }),
  };
}

/** The versions, and all that they are built on. */
export function ancestors(migrations: readonly MigrationFile[], versions: readonly string[]): readonly string[] {
  const parents = new Map(
    migrations.map(({ version, after }, position) => {
      const before = migrations[position - 1]?.version;
      return [version, after ?? (before === undefined ? [] : [before])];
    }),
  );
  const found = new Set<string>();
  const open = [...versions];
  for (let version = open.pop(); version !== undefined; version = open.pop()) {
    if (found.has(version)) continue;
    found.add(version);
    open.push(...(parents.get(version) ?? []));
  }
  return [...found];
}
