import * as z from 'zod';
import { nearestName } from '../criteria/nearest.ts';
import type { ScalarNode } from './document.ts';
import type { Filled } from './filled.ts';
import type { Path } from './path.ts';
import type { Problems } from './problems.ts';

type Issue = z.core.$ZodIssue;

/** Where a part of a checked value stands in the plan. */
type Origin = (path: Path) => Path;

/** What a schema is held against: the value, and where it came from. */
interface Subject {
  readonly value: unknown;
  readonly origin: Origin;
  /** What the mapping is called in messages: `http`, `an item`. */
  readonly name: string;
}

export interface Shapes {
  /** The value as the schema has it; undefined after problems were recorded. */
  parse<T>(schema: z.ZodType<T>, subject: Subject): T | undefined;
  /** The same for what parses by itself and gives its issues. */
  attempt<Bound>(bind: Bind<Bound>, schema: z.core.$ZodType, subject: Subject): Bound | undefined;
}

type Bind<Bound> = (value: unknown) => { readonly bound: Bound } | { readonly issues: readonly Issue[] };

/** Stand in for a value that is not set while a plan is validated without it. */
const STAND_INS = ['http://unset.invalid', 'redis://unset.invalid', 'deployment/unset', 'unset:1', '1', '1s', '10%'];

export function shapes(filled: Filled, problems: Problems): Shapes {
  function attempt<Bound>(bind: Bind<Bound>, schema: z.core.$ZodType, { value, origin, name }: Subject): Bound | undefined {
    const first = bind(value);
    if ('bound' in first) return first.bound;
    // `${POOL}` is a text until a number is asked for, and `env: { PORT: 8080 }` a number until a text is.
    const fitting = coerced(value, first.issues, origin, filled);
    const second = fitting === undefined ? first : bind(fitting);
    if ('bound' in second) return second.bound;
    const unset = unsetPaths(value, origin, filled);
    for (const standIn of unset.length === 0 ? [] : STAND_INS) {
      const tried = bind(
        unset.reduce((whole, { path, text }) => withValue(whole, path, standInFor(text, standIn)), fitting ?? value),
      );
      if ('bound' in tried) return tried.bound;
    }
    for (const issue of withoutEchoes(second.issues)) tell(issue, [], { value: fitting ?? value, origin, name, schema });
    return undefined;
  }

  interface Told {
    readonly value: unknown;
    readonly origin: Origin;
    readonly name: string;
    readonly schema: z.core.$ZodType;
  }

  function tell(issue: Issue, under: Path, told: Told): void {
    const path = [...under, ...pathOf(issue)];
    const at = told.origin(path);
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      const branch = likeliest(issue.errors);
      if (branch === undefined) {
        const kinds = issue.errors.flatMap((errors) =>
          errors.flatMap((error) => (error.code === 'invalid_type' ? [kindName(error.expected)] : [])),
        );
        const expected = oneOf([...new Set(kinds)]);
        if (isMissing(path, told)) tellMissing(path, expected, told);
        else record(at, `Expected ${expected}, found ${found(valueAt(told.value, path))}.`);
      } else for (const inner of withoutEchoes(branch)) tell(inner, path, told);
      return;
    }
    if (issue.code === 'unrecognized_keys') {
      const valid = keysAt(told.schema, path);
      for (const key of issue.keys) problems.add(unknownKey(key, valid), filled.keyPosition(told.origin([...path, key])));
      return;
    }
    if (issue.code === 'invalid_key' || issue.code === 'invalid_element') {
      const [inner] = issue.issues;
      problems.add(inner?.message ?? issue.message, filled.keyPosition(at));
      return;
    }
    if (issue.code === 'invalid_type' && isMissing(path, told)) tellMissing(path, kindName(issue.expected), told);
    else record(at, messageOf(issue, valueAt(told.value, path), keysAt(told.schema, path)));
  }

  /** A misspelled key is told as such; that the right one is missing is its echo. */
  function tellMissing(path: Path, expected: string, { value, origin, name, schema }: Told): void {
    const key = String(path.at(-1));
    const around = path.slice(0, -1);
    const parent = valueAt(value, around);
    const valid = keysAt(schema, around);
    const unknown = isRecord(parent) ? Object.keys(parent).filter((each) => !valid.includes(each)) : [];
    if (unknown.some((each) => nearestName(each, [key]) !== undefined)) return;
    const owner = around.findLast((each) => typeof each === 'string') ?? name;
    record(origin(path), `\`${owner}\` needs \`${key}\`: ${expected}.`);
  }

  function record(at: Path, message: string): void {
    if (!filled.isUnset(at)) problems.add(message, filled.position(at));
  }

  const isMissing = (path: Path, { value }: Told): boolean => path.length > 0 && valueAt(value, path) === undefined;

  return {
    attempt,
    parse(schema, subject) {
      return attempt(
        (value) => {
          const parsed = schema.safeParse(value);
          return parsed.success ? { bound: parsed.data } : { issues: parsed.error.issues };
        },
        schema,
        subject,
      );
    },
  };
}

export function unknownKey(key: string, valid: readonly string[]): string {
  const nearest = nearestName(key, valid);
  if (nearest !== undefined) return `Unknown key \`${key}\`. Did you mean \`${nearest}\`?`;
  return valid.length === 0
    ? `Unknown key \`${key}\`.`
    : `Unknown key \`${key}\`. Known are ${valid.map((each) => `\`${each}\``).join(', ')}.`;
}

const pathOf = (issue: Issue): Path => issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));

/** What a schema says of a whole mapping is mostly the echo of an unknown key in it. */
function withoutEchoes(issues: readonly Issue[]): readonly Issue[] {
  const misspelled = issues.filter(({ code }) => code === 'unrecognized_keys').map(({ path }) => path.join('/'));
  return issues.filter(({ code, path }) => code !== 'custom' || !misspelled.includes(path.join('/')));
}

/** The branch of a union that was meant: the right kind of value, with the least wrong in it. */
function likeliest(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const meant = branches.filter((issues) => !issues.some((issue) => issue.code === 'invalid_type' && issue.path.length === 0));
  return [...meant].sort((a, b) => a.length - b.length)[0];
}

function messageOf(issue: Issue, value: unknown, keys: readonly string[]): string {
  switch (issue.code) {
    case 'invalid_type':
      if (keys.length > 0) return `Expected a mapping with ${keys.map((key) => `\`${key}\``).join(', ')}, found ${found(value)}.`;
      return `Expected ${kindName(issue.expected)}, found ${found(value)}.`;
    case 'invalid_value': {
      const values = issue.values.map(String);
      if (value === undefined)
        return `\`${String(issue.path.at(-1))}\` is missing: write \`${String(issue.path.at(-1))}: ${values.join(' | ')}\`.`;
      const nearest = typeof value === 'string' ? nearestName(value, values) : undefined;
      if (values.length === 1) return `Expected \`${values[0]}\`, found ${found(value)}.`;
      return `Expected one of ${values.map((each) => `\`${each}\``).join(', ')}, found ${found(value)}.${nearest === undefined ? '' : ` Did you mean \`${nearest}\`?`}`;
    }
    case 'too_small':
      if (issue.origin === 'string') return 'Expected a text that is not empty.';
      if (issue.origin === 'array') return `Expected a list of at least ${issue.minimum}, found ${found(value)}.`;
      return `Expected a number of at least ${issue.minimum}, found ${found(value)}.`;
    case 'too_big':
      return `Expected at most ${issue.maximum}, found ${found(value)}.`;
    case 'invalid_format':
      return issue.message.startsWith('Invalid')
        ? `Found ${found(value)}, which is not written as expected here.`
        : withFound(issue.message, value);
    default:
      return issue.message;
  }
}

function withFound(message: string, value: unknown): string {
  return message.startsWith('Expected') && message.endsWith('.') ? `${message.slice(0, -1)}, found ${found(value)}.` : message;
}

function kindName(expected: string): string {
  switch (expected) {
    case 'string':
      return 'a text';
    case 'number':
      return 'a number';
    case 'int':
      return 'a whole number';
    case 'boolean':
      return '`true` or `false`';
    case 'array':
      return 'a list';
    case 'object':
    case 'record':
      return 'a mapping';
    default:
      return expected;
  }
}

const oneOf = (kinds: readonly string[]): string =>
  kinds.length < 2 ? (kinds[0] ?? 'something else') : `${kinds.slice(0, -1).join(', ')} or ${kinds.at(-1)}`;

const SHOWN = 40;

export function found(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a mapping';
  const text = String(value).replace(/\s+/g, ' ');
  return `\`${text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text}\``;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueAt(value: unknown, path: Path): unknown {
  let current = value;
  for (const key of path) {
    if (Array.isArray(current)) current = current[Number(key)];
    else if (isRecord(current) && Object.hasOwn(current, key)) current = current[String(key)];
    else return undefined;
  }
  return current;
}

function withValue(whole: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(whole)) return whole.map((each, index) => (index === Number(key) ? withValue(each, rest, value) : each));
  if (!isRecord(whole)) return whole;
  return { ...whole, [key]: withValue(whole[String(key)], rest, value) };
}

/** The value with texts made numbers, and numbers and flags made texts, where that is what an issue asks for. */
function coerced(value: unknown, issues: readonly Issue[], origin: Origin, filled: Filled): unknown {
  let changed = value;
  const mend = (each: Issue, under: Path): void => {
    const path = [...under, ...pathOf(each)];
    if (each.code === 'invalid_union') for (const branch of each.errors) for (const inner of branch) mend(inner, path);
    if (each.code !== 'invalid_type') return;
    const current = valueAt(value, path);
    const node = filled.node(origin(path));
    if (node?.kind !== 'scalar') return;
    const fitting = asExpected(each.expected, current, node);
    if (fitting !== undefined) changed = withValue(changed, path, fitting);
  };
  for (const issue of issues) mend(issue, []);
  return changed === value ? undefined : changed;
}

function asExpected(expected: string, current: unknown, node: ScalarNode): unknown {
  if (expected === 'string') return typeof current === 'number' || typeof current === 'boolean' ? node.written : undefined;
  if (typeof current !== 'string' || !node.written.includes('${')) return undefined;
  if (expected === 'number' || expected === 'int') return /^-?\d+(\.\d+)?$/.test(current.trim()) ? Number(current) : undefined;
  return expected === 'boolean' && /^(true|false)$/.test(current) ? current === 'true' : undefined;
}

function unsetPaths(
  value: unknown,
  origin: Origin,
  filled: Filled,
  path: Path = [],
): { readonly path: Path; readonly text: string }[] {
  if (typeof value === 'string') return filled.isUnset(origin(path)) ? [{ path, text: value }] : [];
  if (Array.isArray(value)) return value.flatMap((each, index) => unsetPaths(each, origin, filled, [...path, index]));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, each]) => unsetPaths(each, origin, filled, [...path, key]));
}

function standInFor(text: string, standIn: string): unknown {
  const whole = text.replace(/\$\{[^{}]*\}/, standIn).replace(/\$\{[^{}]*\}/g, 'unset');
  return whole === '1' ? 1 : whole;
}

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
