/**
 * What to know of a file that may end too early.
 *
 * @param torn how many rows at its end could not be counted.
 * @param ended whether its last line ends with a line break.
 */
export function cutOffNotes(torn: number, ended: boolean): readonly string[] {
  if (torn > 0) return ['the last line was cut off in the middle and is not counted'];
  return ended ? [] : ['the last line has no line break at its end, so the file may have been cut off there'];
}
