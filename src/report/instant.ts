import type { Locale } from '../criteria/value.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
/** Years 1970 to 9999; anything outside is a broken clock. */
const LAST = Date.UTC(10_000, 0) - 1;

/** ISO 8601 in UTC; undefined for what is no time. `at` is milliseconds since the epoch. */
export function isoInstant(at: number | undefined): string | undefined {
  return at === undefined || !(at >= 0 && at <= LAST) ? undefined : new Date(at).toISOString();
}

/** Date and time to the minute in UTC: `14 Mar 2026, 02:51 UTC`, `14/03/2026 02:51 UTC`. */
export function formatInstant(at: number, locale: Locale = 'en'): string {
  const iso = isoInstant(at);
  if (iso === undefined) return '?';
  const [year, month, day] = [iso.slice(0, 4), iso.slice(5, 7), iso.slice(8, 10)];
  const time = `${iso.slice(11, 16)} UTC`;
  return locale === 'pt-BR'
    ? `${day}/${month}/${year} ${time}`
    : `${Number(day)} ${MONTHS[Number(month) - 1] ?? month} ${year}, ${time}`;
}

/** Time of day in UTC: `02:51:07`, to the second. */
export function formatClock(at: number): string {
  return isoInstant(at)?.slice(11, 19) ?? '?';
}
