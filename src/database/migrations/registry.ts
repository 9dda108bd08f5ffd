import { alembic } from './alembic.ts';
import { command } from './command.ts';
import { dbmate } from './dbmate.ts';
import { django } from './django.ts';
import { drizzle } from './drizzle.ts';
import { flyway } from './flyway.ts';
import { golangMigrate } from './golang-migrate.ts';
import { knex } from './knex.ts';
import { liquibase } from './liquibase.ts';
import { nodePgMigrate } from './node-pg-migrate.ts';
import { prisma } from './prisma.ts';
import { rails } from './rails.ts';
import { sql } from './sql.ts';
import { sqlx } from './sqlx.ts';
import type { RegisteredMigrationTool } from './tool.ts';

/** All migration tools: what `run: { tool: … }` may name. */
export const MIGRATION_TOOLS: readonly RegisteredMigrationTool[] = [
  alembic,
  django,
  rails,
  prisma,
  drizzle,
  knex,
  nodePgMigrate,
  dbmate,
  golangMigrate,
  flyway,
  liquibase,
  sqlx,
  sql,
  command,
];
