import type { Position } from '../checklist/model.ts';
import { offsetOf } from './characters.ts';
import { criterionPlaceholder, criterionText } from './criterion-text.ts';
import type { PlanDocument, PlanNode, ScalarNode } from './document.ts';
import { type Interpolated, type InterpolateOptions, interpolate, type Lookup, type Via } from './interpolate.ts';
import type { Path } from './path.ts';
import type { Problems } from './problems.ts';
import type { Variables } from './variables.ts';

/** Called for a `${…}` without a value. */
export type OnUnset = (message: string, position: Position) => void;

/** A plan's values with their variables filled in, and the places that they came from. */
export interface Filled {
  /** The value at a path as plain data; undefined when there is none. Filled in when it is first asked for. */
  value(path: Path): unknown;
  node(path: Path): PlanNode | undefined;
  /** Where a value stands; for one that is missing, where its parent does. */
  position(path: Path): Position;
  keyPosition(path: Path): Position;
  /** Where the character at an offset of a filled-in text stands. */
  positionIn(path: Path, offset: number): Position;
  /** Whether a text at this path has a variable without a value; what else is wrong with it is an echo of that. */
  isUnset(path: Path): boolean;
  /** Whether a stretch of a filled-in text came, whole or in part, of a variable. */
  hasVariable(path: Path, stretch: { readonly offset: number; readonly length: number }): boolean;
  /** A text as the plan writes it where it holds a secret; else the value itself. */
  shown(path: Path, value: unknown): unknown;
}

const CRITERION =
  /^(?:pre-deploy(?:\/items)?\/\d+|migrate(?:\/checks\/\d+)?|canary|rollback\/verify\/\d+)\/(?:expect|abort|warn|when)(?:\/\d+)?$/;
const SHELL_LINE = /\/command(?:\/(?:run|set|abort|verify)(?:\/run)?)?$|^migrate\/run\/(?:run|heads|down)$/;

export function fill(document: PlanDocument, variables: Variables, problems: Problems, onUnset: OnUnset): Filled {
  const texts = new Map<string, Interpolated>();
  const { text: source } = document;

  function node(path: Path): PlanNode | undefined {
    let current: PlanNode | undefined = document.root;
    for (const key of path) {
      if (current?.kind === 'map') current = current.entries.get(String(key))?.value;
      else if (current?.kind === 'list') current = current.items[Number(key)];
      else return undefined;
    }
    return current;
  }

  function interpolated(scalar: ScalarNode, path: Path): Interpolated {
    if (!scalar.written.includes('${')) return untouched(scalar.written);
    const where = path.join('/');
    const done = texts.get(where);
    if (done !== undefined) return done;
    const told = (offset: number): Position => document.at(offsetOf(offset, scalar.written, scalar, source));
    const shell = SHELL_LINE.test(where);
    const { result, gaps } = shell
      ? shellLine(scalar.written, variables.own)
      : interpolate(scalar.written, variables.lookup, CRITERION.test(where) ? CRITERIA : {});
    for (const { offset, message, unset, via } of gaps) {
      if (unset) onUnset(message, via === undefined ? told(offset) : placeOfVariable(via));
      else problems.add(message, told(offset));
    }
    texts.set(where, result);
    return result;
  }

  function placeOfVariable({ name, offset }: Via): Position {
    const found = node(['vars', name]);
    return document.at(found?.kind === 'scalar' ? offsetOf(offset, found.written, found, source) : (found?.start ?? 0));
  }

  function fillNode(from: PlanNode, path: Path): unknown {
    if (from.kind === 'list') return from.items.map((item, index) => fillNode(item, [...path, index]));
    if (from.kind === 'map') {
      return Object.fromEntries([...from.entries].map(([key, entry]) => [key, fillNode(entry.value, [...path, key])]));
    }
    return typeof from.value === 'string' ? interpolated(from, path).text : from.value;
  }

  function parentOf(path: Path): PlanNode {
    for (let length = path.length; length > 0; length -= 1) {
      const found = node(path.slice(0, length));
      if (found !== undefined) return found;
    }
    return document.root;
  }

  return {
    node,
    value(path) {
      const found = node(path);
      return found === undefined ? undefined : fillNode(found, path);
    },
    position: (path) => document.at(parentOf(path).start),
    keyPosition(path) {
      const parent = node(path.slice(0, -1));
      const key = parent?.kind === 'map' ? parent.entries.get(String(path.at(-1)))?.keyStart : undefined;
      return document.at(key ?? parentOf(path).start);
    },
    positionIn(path, offset) {
      const found = node(path);
      if (found?.kind !== 'scalar') return document.at(parentOf(path).start);
      const written = typeof found.value === 'string' ? interpolated(found, path).written(offset) : offset;
      return document.at(offsetOf(written, found.written, found, source));
    },
    hasVariable(path, { offset, length }) {
      const found = node(path);
      if (found?.kind !== 'scalar' || typeof found.value !== 'string') return false;
      const { written } = interpolated(found, path);
      return found.written.slice(written(offset), written(offset + length)).includes('${');
    },
    shown(path, value) {
      const found = node(path);
      if (found?.kind !== 'scalar' || typeof value !== 'string') return value;
      return variables.secrets().some((secret) => value.includes(secret)) ? found.written : value;
    },
    isUnset(path) {
      const found = node(path);
      return found?.kind === 'scalar' && typeof found.value === 'string' && interpolated(found, path).unset.length > 0;
    },
  };
}

/** A text without variables, as most are. */
const untouched = (text: string): Interpolated => ({ text, unset: [], changed: false, written: (index) => index });

const CRITERIA: InterpolateOptions = {
  fit: (value, before) => ({ value: criterionText(value, before) }),
  unsetAs: criterionPlaceholder,
};

const PLAIN_WORD = /^[\w@%+=:,./-]*$/;

/**
 * In a line for a shell, only the plan's own variables are filled in, and only where the shell would leave them alone: what is in the
 * environment it expands itself, where a value cannot become a command.
 */
function shellLine(written: string, own: Lookup): ReturnType<typeof interpolate> {
  const { result, gaps } = interpolate(written, own, {
    fit: (value, _before, name) =>
      PLAIN_WORD.test(value)
        ? { value }
        : {
            problem: `\`vars.${name}\` has characters that a shell would interpret. Hand it over by \`env: { ${name}: "\${${name}}" }\`, and write \`"$${name}"\`.`,
          },
  });
  return { result: { ...result, unset: [] }, gaps: gaps.filter(({ message, malformed }) => message !== '' && !malformed) };
}
