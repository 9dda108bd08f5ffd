import {
  $ZodArray,
  $ZodDefault,
  $ZodNullable,
  $ZodObject,
  $ZodOptional,
  $ZodPipe,
  $ZodRecord,
  type $ZodType,
  $ZodUnion,
} from 'zod/v4/core';
import type { Path } from './path.ts';

/** The keys that a schema knows at a path. */
export function keysAt(schema: $ZodType, path: Path): readonly string[] {
  if (schema instanceof $ZodOptional || schema instanceof $ZodDefault || schema instanceof $ZodNullable) {
    return keysAt(schema._zod.def.innerType, path);
  }
  if (schema instanceof $ZodPipe) {
    const before = keysAt(schema._zod.def.in, path);
    return before.length > 0 ? before : keysAt(schema._zod.def.out, path);
  }
  if (schema instanceof $ZodUnion) return [...new Set(schema._zod.def.options.flatMap((option) => keysAt(option, path)))];
  const [key, ...rest] = path;
  if (schema instanceof $ZodObject) {
    const { shape } = schema._zod.def;
    if (key === undefined) return Object.keys(shape);
    const inner = Object.hasOwn(shape, key) ? shape[String(key)] : undefined;
    return inner === undefined ? [] : keysAt(inner, rest);
  }
  if (key === undefined) return [];
  if (schema instanceof $ZodArray) return keysAt(schema._zod.def.element, rest);
  return schema instanceof $ZodRecord ? keysAt(schema._zod.def.valueType, rest) : [];
}
