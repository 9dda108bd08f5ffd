import { alembic } from './alembic.ts';
import { command } from './command.ts';
import type { RegisteredMigrationTool } from './tool.ts';

/** All migration tools: what `run: { tool: … }` may name. */
export const MIGRATION_TOOLS: readonly RegisteredMigrationTool[] = [alembic, command];
