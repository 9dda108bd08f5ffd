import * as z from 'zod';
import type { Folder } from './folder.ts';

const packages = () => z.record(z.string(), z.unknown()).optional();

/** Whether the folder's package.json names a package among its dependencies. */
export async function hasPackage(folder: Folder, name: string): Promise<boolean> {
  const text = await folder.text('package.json');
  if (text === undefined) return false;
  const manifest = z.object({ dependencies: packages(), devDependencies: packages() }).safeParse(jsonIn(text));
  if (!manifest.success) return false;
  return Object.hasOwn({ ...manifest.data.dependencies, ...manifest.data.devDependencies }, name);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What npm cannot read either.
    return undefined;
  }
}
