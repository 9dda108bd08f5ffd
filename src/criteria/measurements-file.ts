import { parseQuantity, withUnit } from './units.ts';
import { flag, type Measurement, type Measurements, number, series, text, type Value, version } from './value.ts';

/**
 * Reads the measurements that `holdpoint explain` is given as JSON: an object of names. A value is a number, a flag, a text (one with a
 * unit, such as `"480ms"`, is that quantity; a dotted one a version), or an object with `value` and any of `samples`, `unit` and `note`. An array
 * of `[time, number]` pairs is a series; its times are milliseconds since the epoch or ISO dates.
 *
 * @throws Error that says which entry is wrong.
 */
export function readMeasurements(json: unknown): Measurements {
  if (!isRecord(json)) throw new Error('Expected an object of measurements, such as {"p95": "480ms", "status": 200}.');
  return Object.fromEntries(Object.entries(json).map(([name, entry]) => [name, readMeasurement(name, entry)]));
}

function readMeasurement(name: string, entry: unknown): Measurement {
  if (!isRecord(entry)) return { value: readValue(name, entry) };
  const { value, samples, unit, note } = entry;
  const plain = readValue(name, value);
  return {
    value: typeof unit === 'string' ? withUnit(plain, unit) : plain,
    ...(typeof samples === 'number' ? { samples } : {}),
    ...(typeof note === 'string' ? { note } : {}),
  };
}

function readValue(name: string, raw: unknown): Value {
  if (typeof raw === 'number') return number(raw);
  if (typeof raw === 'boolean') return flag(raw);
  if (raw === null) return number(Number.NaN);
  if (Array.isArray(raw)) return readSeries(name, raw);
  if (typeof raw !== 'string')
    throw new Error(`Measurement "${name}" must be a number, a flag, a text, or an object with "value".`);
  if (/^v?\d+(\.\d+)+$/.test(raw) || (name === 'version' && /^\d+$/.test(raw))) return version(raw);
  return /[A-Za-z%µ]/.test(raw) ? (parseQuantity(raw) ?? text(raw)) : text(raw);
}

function readSeries(name: string, raw: readonly unknown[]): Value {
  const points = raw.map((pair) => {
    const [at, amount]: readonly unknown[] = Array.isArray(pair) ? pair : [];
    const time = typeof at === 'string' ? Date.parse(at) : at;
    const quantity = typeof amount === 'string' ? parseQuantity(amount) : typeof amount === 'number' ? number(amount) : undefined;
    if (typeof time !== 'number' || Number.isNaN(time) || quantity === undefined) {
      throw new Error(`Series "${name}" must be pairs of a time and a number, such as ["2026-01-01T00:00:00Z", "480ms"].`);
    }
    return { at: time, quantity };
  });
  const dimension = points[0]?.quantity.dimension ?? number(0).dimension;
  return series(
    dimension,
    points.map(({ at, quantity }) => ({ at, amount: quantity.amount })),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
