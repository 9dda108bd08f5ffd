import * as z from 'zod';
import type { Path } from './path.ts';

/** The keys that a schema knows at a path. */
export function keysAt(schema: z.core.$ZodType, path: Path): readonly string[] {
  if (schema instanceof z.core.$ZodOptional || schema instanceof z.core.$ZodDefault || schema instanceof z.core.$ZodNullable) {
    return keysAt(schema._zod.def.innerType, path);
  }
  if (schema instanceof z.core.$ZodPipe) {
    const before = keysAt(schema._zod.def.in, path);
    return before.length > 0 ? before : keysAt(schema._zod.def.out, path);
  }
  if (schema instanceof z.core.$ZodUnion) return [...new Set(schema._zod.def.options.flatMap((option) => keysAt(option, path)))];
  const [key, ...rest] = path;
  if (schema instanceof z.core.$ZodObject) {
    const { shape } = schema._zod.def;
    if (key === undefined) return Object.keys(shape);
    const inner = Object.hasOwn(shape, key) ? shape[String(key)] : undefined;
    return inner === undefined ? [] : keysAt(inner, rest);
  }
  if (key === undefined) return [];
  if (schema instanceof z.core.$ZodArray) return keysAt(schema._zod.def.element, rest);
  return schema instanceof z.core.$ZodRecord ? keysAt(schema._zod.def.valueType, rest) : [];
}
