/** JSON as it travels. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Lists that a strategic merge patch merges by a key instead of replacing them. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  env: 'name',
  volumes: 'name',
  ports: 'containerPort',
};

/** Applies a patch of the given content type, as an API server does. */
export function applyPatch(target: JsonObject, patch: Json, contentType: string): JsonObject {
  if (contentType.startsWith('application/json-patch+json')) return jsonPatch(target, patch);
  const strategic = contentType.startsWith('application/strategic-merge-patch+json');
  if (!strategic && !contentType.startsWith('application/merge-patch+json')) throw new Error(`unsupported patch ${contentType}`);
  const merged = merge(target, patch, strategic);
  if (!isObject(merged)) throw new Error('the patch is no object');
  return merged;
}

function merge(target: Json | undefined, patch: Json, strategic: boolean, key = ''): Json {
  const mergeKey = MERGE_KEYS[key];
  if (strategic && Array.isArray(patch) && mergeKey !== undefined)
    return mergeList(Array.isArray(target) ? target : [], patch, mergeKey);
  if (!isObject(patch)) return patch;
  const merged: JsonObject = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (strategic && name.startsWith('$')) continue;
    if (value === null) delete merged[name];
    else merged[name] = merge(merged[name], value, strategic, name);
  }
  return merged;
}

function mergeList(target: Json[], patch: Json[], mergeKey: string): Json[] {
  const merged = [...target];
  for (const entry of patch) {
    if (!isObject(entry)) continue;
    const at = merged.findIndex((known) => isObject(known) && known[mergeKey] === entry[mergeKey]);
    if (entry['$patch'] === 'delete') {
      if (at >= 0) merged.splice(at, 1);
    } else if (at >= 0) merged[at] = merge(merged[at], entry, true);
    else merged.push(merge(undefined, entry, true));
  }
  return merged;
}

function jsonPatch(target: JsonObject, patch: Json): JsonObject {
  const result = structuredClone(target);
  for (const operation of Array.isArray(patch) ? patch : []) {
    if (!isObject(operation) || typeof operation['path'] !== 'string') throw new Error('not a JSON patch');
    const path = operation['path']
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = path.pop() ?? '';
    let parent: Json = result;
    for (const part of path) parent = (isObject(parent) ? parent[part] : undefined) ?? {};
    if (!isObject(parent)) throw new Error(`no object at ${operation['path']}`);
    if (operation['op'] === 'remove') delete parent[last];
    else parent[last] = operation['value'] ?? null;
  }
  return result;
}

/** The same text for the same content: keys in order, and without the empty parts that kubectl adds. */
export function canonical(value: Json): string {
  return JSON.stringify(normal(value) ?? null);
}

function normal(value: Json): Json | undefined {
  if (Array.isArray(value)) return value.map((part) => normal(part) ?? null);
  if (!isObject(value)) return value ?? undefined;
  const result: JsonObject = {};
  for (const key of Object.keys(value).sort()) {
    const kept = normal(value[key] ?? null);
    if (kept !== undefined) result[key] = kept;
  }
  return Object.keys(result).length === 0 ? undefined : result;
}
