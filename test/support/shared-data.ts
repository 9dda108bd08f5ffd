import { join } from 'node:path';

/** Real files that are not in the repository: beside it, or where `HOLDPOINT_SHARED` says. Tests that need them skip where they are not. */
const SHARED = process.env['HOLDPOINT_SHARED'] ?? join(import.meta.dirname, '..', '..', '..', 'shared');

export const sharedLoadData = (name: string): string => join(SHARED, 'data', 'load', name);
