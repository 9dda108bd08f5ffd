interface Refused {
  recognises(head: string): boolean;
  /** What it is, and what to give in its place. */
  readonly why: string;
}

const startsWith =
  (pattern: RegExp) =>
  (head: string): boolean =>
    pattern.test(head.trimStart().slice(0, 4096));

/** Files of load tools that hold no figures that a gate can be built on. */
const REFUSED: readonly Refused[] = [
  {
    recognises: startsWith(/^"?Timestamp"?,"?User Count"?,"?Type"?,"?Name"?,/),
    why: 'this is Locust’s `_stats_history.csv`, whose percentiles are of a few seconds each. Give `_stats.csv`, and leave this file beside it.',
  },
  {
    recognises: startsWith(/^"?Method"?,"?Name"?,"?Error"?,"?Occurrences"?/),
    why: 'this is Locust’s `_failures.csv`, which has failures only. Give `_stats.csv`, and leave this file beside it.',
  },
  {
    recognises: startsWith(/^"?Count"?,"?Message"?,"?Traceback"?,"?Nodes"?/),
    why: 'this is Locust’s `_exceptions.csv`, which has errors of the test script only. Give `_stats.csv`.',
  },
  {
    // A record of the run: its kind, the length of the version, the version.
    recognises: (head) => head.startsWith('\0\0\0\0') && /^\d+\.\d+/.test(head.slice(5)),
    why: 'this is the binary simulation.log that Gatling writes since 3.12, a format of its own that changes with it. Run with Gatling 3.11, whose simulation.log is text; or run Gatling by Taurus, and give what its `final-stats` module writes (`dump-xml`).',
  },
  {
    recognises: startsWith(/^\{\s*"simulation"\s*:[\s\S]*"assertions"\s*:/),
    why: 'this is Gatling’s assertions.json, which says whether assertions were met and not how many requests there were, so a run without any could pass. Give simulation.log, and take Gatling’s exit code for its assertions: it is 2 when one was not met.',
  },
  {
    recognises: startsWith(/^\{"ts": ?[\d.]+, ?"(?:type": ?"(?:workers|request)"|wid": ?")/),
    why: 'this looks like a report of Molotov, which is not read. Run it by Taurus, and give what its `final-stats` module writes (`dump-xml`).',
  },
  {
    recognises: startsWith(/^\{\s*"stats"\s*:\s*\[\s*\{\s*"timestamp"\s*:\s*\d+,\s*"samples"|^# stats: dump at \d+/),
    why: 'this looks like Tsung’s tsung.log, which is not read: it has means of ten seconds and no percentiles. Run Tsung by Taurus, and give what its `final-stats` module writes (`dump-xml`).',
  },
  {
    recognises: startsWith(/^[A-Z]{3} \[\d{8}-\d\d:\d\d:\d\d\.\d+\] stats: \{/),
    why: 'this looks like a log of Iago (Parrot), which is not read. Give a result of another tool.',
  },
  {
    recognises: (head) => /^\uFFFD\uFFFD/.test(head) && head.includes('\0'),
    why: 'this is text in UTF-16, as `>` of Windows PowerShell writes it. Write the file as UTF-8: `… | Out-File -Encoding utf8 file`.',
  },
];

/** Why a file is refused that is known and not read; undefined when it is none of them. */
export function refusalOf(head: string): string | undefined {
  return REFUSED.find((each) => each.recognises(head))?.why;
}
