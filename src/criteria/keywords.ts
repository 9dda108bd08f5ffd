export const KEYWORDS: ReadonlySet<string> = new Set([
  'and',
  'or',
  'not',
  'between',
  'in',
  'matches',
  'for',
  'of',
  'true',
  'false',
  'per',
]);
