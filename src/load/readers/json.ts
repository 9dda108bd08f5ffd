/** Reading what a JSON document holds, of which nothing is known yet. Absent or of another type is undefined. */

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectAt(holder: unknown, ...path: readonly string[]): JsonObject | undefined {
  const found = at(holder, path);
  return isObject(found) ? found : undefined;
}

export function listAt(holder: unknown, ...path: readonly string[]): readonly unknown[] | undefined {
  const found = at(holder, path);
  return Array.isArray(found) ? found : undefined;
}

/** A finite number; `"12"` counts as one, as some tools write it. */
export function numberAt(holder: unknown, ...path: readonly string[]): number | undefined {
  const found = at(holder, path);
  const value = typeof found === 'string' && /^\s*-?[\d.]/.test(found) ? Number(found) : found;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function textAt(holder: unknown, ...path: readonly string[]): string | undefined {
  const found = at(holder, path);
  return typeof found === 'string' ? found : undefined;
}

function at(holder: unknown, path: readonly string[]): unknown {
  let current = holder;
  for (const key of path) {
    if (!isObject(current) || !Object.hasOwn(current, key)) return undefined;
    current = current[key];
  }
  return current;
}
