import type { Value } from './value.ts';

export function isUnit(_text: string): boolean {
  return false;
}

/** Gives a plain or open number (or series) a unit. Throws an Error that names the nearest unit when it knows none such. */
export function withUnit(value: Value, _unit: string): Value {
  return value;
}
