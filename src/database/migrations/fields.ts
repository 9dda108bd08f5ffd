import * as z from 'zod';

/** Fields that the specs of most tools share. */
export const directoryField = (what: string) => z.string().describe(`${what} Default: the repository’s root.`).optional();

export const commandField = (example: string, usual: string) =>
  z.array(z.string().min(1)).min(1).describe(`How the tool is called: \`${example}\`. Default: ${usual}.`).optional();

export const envField = (who: string) =>
  z.string().describe(`The environment variable in which ${who} finds the database’s URL. Default: DATABASE_URL.`).optional();

export const tableField = (usual: string) =>
  z.string().min(1).describe(`The tool’s own table, perhaps with its schema. Default: ${usual}.`).optional();

export const migrationsField = (usual: string) =>
  z.string().min(1).describe(`The folder of the migration files, from \`directory\`. Default: ${usual}.`).optional();
