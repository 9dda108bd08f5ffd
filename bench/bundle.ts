import { join } from 'node:path';

/** The repository's root: the bench runs from build/bench. */
export const ROOT = join(import.meta.dirname, '..', '..');
export const BUNDLE = join(ROOT, 'dist', 'index.js');
