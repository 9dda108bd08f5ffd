import type * as z from 'zod';
import { nearestName } from '../criteria/nearest.ts';
import type { ScalarNode } from './document.ts';
import type { Filled } from './filled.ts';
import { found, isDefault, kindName, likeliest, messageOf, oneOf, pathOf, unknownKey, withoutEchoes } from './issue-words.ts';
import type { Path } from './path.ts';
import { isRecord, valueAt, withValue } from './plain-data.ts';
import type { Problems } from './problems.ts';
import { keysAt } from './schema-keys.ts';

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
        const own = issue.errors.flat().find(({ message }) => !isDefault(message));
        if (own !== undefined) record(at, own.message);
        else if (isMissing(path, told)) tellMissing(path, expected, told);
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
    else record(at, messageOf(issue, filled.shown(at, valueAt(told.value, path)), keysAt(told.schema, path)));
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
