import * as z from 'zod';
import { DIMENSION, type Promised } from '../../criteria/value.ts';
import { isOtherEngine } from '../../database/engine.ts';
import type { DumpRequest } from '../../database/safety/dump.ts';
import { type ToolTimeouts, usualWay } from '../../database/safety/timeouts.ts';
import { durationMs } from '../../probes/duration.ts';
import { INLINE } from '../databases.ts';
import { once } from '../once.ts';
import { isRecord } from '../plain-data.ts';
import type { Reader } from '../reader.ts';
import { durationText } from './check.ts';

const LOCK_TIMEOUT_MS = 5000;
const LONG_MS = 60_000;
const BACKUP_WITHIN_MS = 30 * 60_000;

/** What is measured before the migration starts: criteria on nothing else are judged there, in time to stop it. */
export const BACKUP_NAMES = {
  'backup.size': DIMENSION.bytes,
  'backup.age': DIMENSION.time,
  'backup.duration': DIMENSION.time,
  'backup.checksum': 'text',
  'backup.format': 'text',
} as const satisfies Record<string, Promised>;

export const ACTIVITY_NAMES = {
  long_transactions: DIMENSION.number,
  idle_in_transaction: DIMENSION.number,
  waiting_sessions: DIMENSION.number,
  lock_holders: DIMENSION.number,
  prepared_transactions: DIMENSION.number,
  connections_before: DIMENSION.number,
  max_connections: DIMENSION.number,
  replication_lag: DIMENSION.time,
} as const satisfies Record<string, Promised>;

export const AFTERWARDS_NAMES = {
  connections: DIMENSION.number,
  connections_used: DIMENSION.ratio,
  deadlocks: DIMENSION.number,
  invalid_indexes: DIMENSION.number,
} as const satisfies Record<string, Promised>;

export type BackupPlan =
  | { readonly kind: 'pg_dump'; readonly dump: DumpRequest; readonly limitMs: number }
  | { readonly kind: 'file'; readonly command?: string; readonly file: string; readonly limitMs: number };

/** How a database that stays is migrated. Times are milliseconds. */
export interface SafetyPlan {
  readonly backup?: BackupPlan;
  readonly timeouts: ToolTimeouts;
  /** How long another run's lock is waited for. */
  readonly lockWaitMs: number;
  readonly longMs: number;
  /** How long transactions that are in the way are waited for. */
  readonly waitMs: number;
  readonly onFailure: 'stop' | 'downgrade';
}

const within = () => durationText().describe('The longest that the backup may take. Default: 30m.').optional();

const backup = once(() =>
  z
    .union([
      z.strictObject({
        pg_dump: z
          .union([
            z.literal(true),
            z.strictObject({
              format: z.enum(['custom', 'directory', 'tar', 'plain']).describe('pg_dump’s format. Default: custom.').optional(),
              jobs: z.int().min(1).max(64).describe('Tables dumped at a time; the format must be directory.').optional(),
              schema: z
                .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
                .describe('Only these schemas. Default: all.')
                .optional(),
              'exclude-table': z
                .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
                .describe('Tables that are left out.')
                .optional(),
            }),
          ])
          .describe('Dumps with the pg_dump of this machine, which must not be older than the server.'),
        to: z.string().min(1).describe('The folder for the dump, from the repository’s root. Default: backups.').optional(),
        within: within(),
      }),
      z.strictObject({
        command: z
          .string()
          .min(1)
          .describe('Makes the backup, run by bash with DATABASE_URL and libpq’s PG… variables. Default: it was made before.')
          .optional(),
        file: z
          .string()
          .min(1)
          .describe('The backup: a path or a pattern, of whose matches the newest counts: `backups/*.dump`.'),
        within: within(),
      }),
    ])
    .describe('Backs the database up before it is migrated, and reads the backup to its end.'),
);

/** Keys of `migrate:`; on a throwaway database they do nothing. */
export const safetyFields = once(() => ({
  backup: backup().optional(),
  'lock-timeout': durationText()
    .describe('The longest that a statement of the tool may wait for a lock; `0s` is no limit. Default: 5s.')
    .optional(),
  'statement-timeout': durationText()
    .describe('The longest that one statement of the tool may take; `0s` is no limit. Default: as `within`.')
    .optional(),
  'timeouts-by': z
    .enum(['environment', 'url', 'none'])
    .describe('How the two reach the tool: PGOPTIONS, or `options=` in the URL. Default: as the tool’s driver needs it.')
    .optional(),
  'lock-wait': durationText()
    .describe('How long to wait while another run migrates this database. Default: not at all.')
    .optional(),
  transactions: z
    .strictObject({
      long: durationText().describe('A transaction older than this is long. Default: 1m.').optional(),
      wait: durationText().describe('How long to wait for what is in the way to go. Default: not at all.').optional(),
    })
    .describe('Transactions and locks of others, before the migration starts.')
    .optional(),
  'on-failure': z
    .enum(['stop', 'downgrade'])
    .describe('After a failure: leave it as it is, or undo what was applied with the tool’s own down. Default: stop.')
    .optional(),
}));

interface RawSafety {
  readonly backup?: z.infer<ReturnType<typeof backup>> | undefined;
  readonly 'lock-timeout'?: string | undefined;
  readonly 'statement-timeout'?: string | undefined;
  readonly 'timeouts-by'?: ToolTimeouts['by'] | undefined;
  readonly 'lock-wait'?: string | undefined;
  readonly transactions?: { readonly long?: string | undefined; readonly wait?: string | undefined } | undefined;
  readonly 'on-failure'?: 'stop' | 'downgrade' | undefined;
  readonly run?: { readonly tool?: string | undefined; readonly [key: string]: unknown } | undefined;
}

/** undefined for a throwaway database: it has nobody to be kept from, and nothing to be kept. */
export function readSafety(raw: RawSafety, database: string, limitMs: number, reader: Reader): SafetyPlan | undefined {
  if (isThrowaway(database, reader)) return undefined;
  if (isOtherEngine(urlOf(database, reader))) {
    refuseKeys(raw, reader);
    return undefined;
  }
  // A tool that is only found when it runs is taken for one of the many that read the environment.
  const { tool = '', driver } = raw.run ?? {};
  return {
    timeouts: {
      lockMs: ms(raw['lock-timeout'], LOCK_TIMEOUT_MS),
      statementMs: ms(raw['statement-timeout'], limitMs),
      by: raw['timeouts-by'] ?? usualWay(tool, typeof driver === 'string' ? driver : undefined),
    },
    lockWaitMs: ms(raw['lock-wait'], 0),
    longMs: ms(raw.transactions?.long, LONG_MS),
    waitMs: ms(raw.transactions?.wait, 0),
    onFailure: raw['on-failure'] ?? 'stop',
    ...(raw.backup === undefined ? {} : { backup: readBackupPlan(raw.backup, reader) }),
  };
}

function urlOf(database: string, { filled }: Reader): string {
  const value = filled.value(['databases', database]);
  const url = isRecord(value) ? value['url'] : value;
  return typeof url === 'string' ? url : database;
}

/** Locks, sessions and pg_dump are PostgreSQL's: what is asked for and not done must not look as if it were. */
function refuseKeys(raw: RawSafety, { problems, filled }: Reader): void {
  for (const key of Object.keys(safetyFields())) {
    if (Reflect.get(raw, key) === undefined) continue;
    problems.add(
      `\`${key}\` is for PostgreSQL only, and this database is another. Take it out, and guard this migration by a step of the workflow.`,
      filled.keyPosition(['migrate', key]),
    );
  }
}

function isThrowaway(database: string, { filled }: Reader): boolean {
  const entry = filled.node(['databases', database]);
  return entry?.kind === 'map' ? entry.entries.has('throwaway') : database === INLINE;
}

function readBackupPlan(raw: NonNullable<RawSafety['backup']>, { problems, filled }: Reader): BackupPlan {
  const limitMs = ms(raw.within, BACKUP_WITHIN_MS);
  if ('file' in raw) {
    return { kind: 'file', file: raw.file, limitMs, ...(raw.command === undefined ? {} : { command: raw.command }) };
  }
  const asked = raw.pg_dump === true ? {} : raw.pg_dump;
  const { format = 'custom', jobs } = asked;
  if (jobs !== undefined && format !== 'directory') {
    problems.add(
      '`jobs` needs `format: directory`: pg_dump writes the others one table after the other.',
      filled.position(['migrate', 'backup', 'pg_dump', 'jobs']),
    );
  }
  const dump: DumpRequest = {
    format,
    schemas: many(asked.schema),
    excludedTables: many(asked['exclude-table']),
    to: raw.to ?? 'backups',
    ...(jobs === undefined ? {} : { jobs }),
  };
  return { kind: 'pg_dump', dump, limitMs };
}

const ms = (written: string | undefined, usual: number): number => (written === undefined ? usual : durationMs(written));

const many = (names: string | readonly string[] | undefined): readonly string[] =>
  names === undefined ? [] : typeof names === 'string' ? [names] : names;
