import type * as z from 'zod';
import { nearestName } from '../criteria/nearest.ts';
import type { Path } from './path.ts';

/** What zod finds wrong, in the words of a plan's reader. */

type Issue = z.core.$ZodIssue;

/** What to say of a key that nothing reads: the nearest valid one, or all that there are. */
export function unknownKey(key: string, valid: readonly string[]): string {
  const nearest = nearestName(key, valid);
  if (nearest !== undefined) return `Unknown key \`${key}\`. Did you mean \`${nearest}\`?`;
  return valid.length === 0
    ? `Unknown key \`${key}\`.`
    : `Unknown key \`${key}\`. Known are ${valid.map((each) => `\`${each}\``).join(', ')}.`;
}

export const pathOf = (issue: Issue): Path => issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));

/** What a schema says of a whole mapping is mostly the echo of an unknown key in it. */
export function withoutEchoes(issues: readonly Issue[]): readonly Issue[] {
  const misspelled = issues.filter(({ code }) => code === 'unrecognized_keys').map(({ path }) => path.join('/'));
  return issues.filter(({ code, path }) => code !== 'custom' || !misspelled.includes(path.join('/')));
}

/** The branch of a union that was meant: the right kind of value, with the least wrong in it. */
export function likeliest(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const meant = branches.filter((issues) => !issues.some((issue) => issue.code === 'invalid_type' && issue.path.length === 0));
  return [...meant].sort((a, b) => a.length - b.length)[0];
}

/** Whether a message is zod's own, and not one that a schema gives. */
export const isDefault = (message: string): boolean => message.startsWith('Invalid');

/** What is wrong, in words: what was expected and what was found. */
export function messageOf(issue: Issue, value: unknown, keys: readonly string[]): string {
  switch (issue.code) {
    case 'invalid_type':
      if (!isDefault(issue.message)) return issue.message;
      if (keys.length > 0) return `Expected a mapping with ${keys.map((key) => `\`${key}\``).join(', ')}, found ${found(value)}.`;
      return `Expected ${kindName(issue.expected)}, found ${found(value)}.`;
    case 'invalid_value': {
      const values = issue.values.map(String);
      if (value === undefined)
        return `\`${String(issue.path.at(-1))}\` is missing: write \`${String(issue.path.at(-1))}: ${values.join(' | ')}\`.`;
      const nearest = typeof value === 'string' ? nearestName(value, values) : undefined;
      if (values.length === 1) return `Expected \`${values[0]}\`, found ${values[0] === value ? 'it in quotes' : found(value)}.`;
      return `Expected one of ${values.map((each) => `\`${each}\``).join(', ')}, found ${found(value)}.${nearest === undefined ? '' : ` Did you mean \`${nearest}\`?`}`;
    }
    case 'too_small':
      if (issue.origin === 'string') return 'Expected a text that is not empty.';
      if (issue.origin === 'array') return `Expected a list of at least ${issue.minimum}, found ${found(value)}.`;
      return `Expected a number of at least ${issue.minimum}, found ${found(value)}.`;
    case 'too_big':
      return `Expected at most ${issue.maximum}, found ${found(value)}.`;
    case 'invalid_format':
      return isDefault(issue.message)
        ? `Found ${found(value)}, which is not written as expected here.`
        : withFound(issue.message, value);
    default:
      return issue.message;
  }
}

function withFound(message: string, value: unknown): string {
  return message.startsWith('Expected') && message.endsWith('.') ? `${message.slice(0, -1)}, found ${found(value)}.` : message;
}

export function kindName(expected: string): string {
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
    case 'nonoptional':
      return 'a value';
    default:
      return expected;
  }
}

export const oneOf = (kinds: readonly string[]): string =>
  kinds.length < 2 ? (kinds[0] ?? 'something else') : `${kinds.slice(0, -1).join(', ')} or ${kinds.at(-1)}`;

const SHOWN = 40;

/** A value as a message shows it, short and in one line. */
export function found(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a mapping';
  const text = String(value).replace(/\s+/g, ' ');
  return `\`${text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text}\``;
}
