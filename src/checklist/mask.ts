/**
 * A copy of plain data in which every text has gone through `mask`. Keys are left alone: they are names from the plan or the probes.
 *
 * @param known copies made earlier, by what they are copies of: data that has not changed is not copied again.
 */
export function maskTexts<Data>(data: Data, mask: (text: string) => string, known?: WeakMap<object, unknown>): Data;
export function maskTexts(data: unknown, mask: (text: string) => string, known = new WeakMap<object, unknown>()): unknown {
  if (typeof data === 'string') return mask(data);
  if (data === null || typeof data !== 'object') return data;
  const earlier = known.get(data);
  if (earlier !== undefined) return earlier;
  const copy = Array.isArray(data)
    ? data.map((entry) => maskTexts(entry, mask, known))
    : Object.fromEntries(Object.entries(data).map(([key, value]) => [key, maskTexts(value, mask, known)]));
  known.set(data, copy);
  return copy;
}
