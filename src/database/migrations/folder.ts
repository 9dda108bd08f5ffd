import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A folder of the repository, to look for the traces of a tool in. */
export interface Folder {
  /** The first of these paths that exists, as a file or a folder. */
  first(...paths: readonly string[]): Promise<string | undefined>;
  /** The names in a folder below it, in order; empty when there is none. */
  names(path: string): Promise<readonly string[]>;
  /** A file's text; undefined when there is none. */
  text(path: string): Promise<string | undefined>;
}

export function folderAt(directory: string): Folder {
  const listings = new Map<string, Promise<readonly string[]>>();
  const names = (path: string): Promise<readonly string[]> => {
    const listing =
      listings.get(path) ??
      readdir(join(directory, path)).then(
        (found) => found.sort(),
        () => [],
      );
    listings.set(path, listing);
    return listing;
  };
  return {
    names,
    async first(...paths) {
      for (const path of paths) {
        const parts = path.split('/');
        const inside = await names(parts.slice(0, -1).join('/'));
        if (inside.includes(parts.at(-1) ?? '')) return path;
      }
      return undefined;
    },
    text: (path) =>
      readFile(join(directory, path), 'utf8').then(
        (text) => text,
        () => undefined,
      ),
  };
}

/** The first of these folders that has a file of this name, with that file. */
export async function firstWith(
  folder: Folder,
  paths: readonly string[],
  name: RegExp,
): Promise<{ readonly path: string; readonly file: string } | undefined> {
  for (const path of paths) {
    const file = (await folder.names(path)).find((each) => name.test(each));
    if (file !== undefined) return { path, file: `${path}/${file}` };
  }
  return undefined;
}
