/** A copy of plain data in which every text has gone through `mask`. Keys are left alone: they are names from the plan or the probes. */
export function maskTexts<Data>(data: Data, mask: (text: string) => string): Data;
export function maskTexts(data: unknown, mask: (text: string) => string): unknown {
  if (typeof data === 'string') return mask(data);
  if (Array.isArray(data)) return data.map((entry) => maskTexts(entry, mask));
  if (data !== null && typeof data === 'object') {
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, maskTexts(value, mask)]));
  }
  return data;
}
