const LONGEST = 200;
const SECRET_PARAMETER =
  /([?&;][^=&;\s]*(?:token|secret|passw|pwd|auth|api_?key|access_?key|signature|sig|session|credential)[^=&;\s]*=)[^&;\s'")]*/gi;
const USER_IN_URL = /(:\/\/)[^/@\s]*@/g;

/** A label or an error text of a result file as it may be shown: one line of at most 200 characters, without secrets of URLs. */
export function labelOf(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.replace(USER_IN_URL, '$1').replace(SECRET_PARAMETER, '$1…').slice(0, LONGEST);
}
