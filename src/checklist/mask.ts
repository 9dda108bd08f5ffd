/** Fields whose values are words of ours: a password such as `pass` must not make a verdict unreadable. */
const OUR_WORDS = new Set(['phase', 'kind', 'state', 'verdict', 'reason', 'intent', 'outcome', 'operator', 'unit', 'source']);

/**
 * Plain data in which every text has gone through `mask`; parts that hold nothing to mask are the same objects. Keys are left alone: they
 * are names from the plan or the probes.
 *
 * @param known what was found earlier, by the data: what has not changed is not gone through again.
 */
export function maskTexts<Data>(data: Data, mask: (text: string) => string, known?: WeakMap<object, unknown>): Data;
export function maskTexts(data: unknown, mask: (text: string) => string, known = new WeakMap<object, unknown>()): unknown {
  if (typeof data === 'string') return mask(data);
  if (data === null || typeof data !== 'object') return data;
  const earlier = known.get(data);
  if (earlier !== undefined) return earlier;
  const masked = Array.isArray(data) ? maskedList(data, mask, known) : maskedObject(data, mask, known);
  known.set(data, masked);
  return masked;
}

function maskedList(list: readonly unknown[], mask: (text: string) => string, known: WeakMap<object, unknown>): unknown {
  const masked = list.map((entry) => maskTexts(entry, mask, known));
  return masked.some((entry, index) => entry !== list[index]) ? masked : list;
}

function maskedObject(data: object, mask: (text: string) => string, known: WeakMap<object, unknown>): unknown {
  let copy: Record<string, unknown> | undefined;
  for (const [key, value] of Object.entries(data)) {
    if (OUR_WORDS.has(key) && typeof value === 'string') continue;
    const masked: unknown = maskTexts(value, mask, known);
    if (masked === value) continue;
    copy ??= { ...data };
    copy[key] = masked;
  }
  return copy ?? data;
}
