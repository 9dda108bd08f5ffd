import { eachRow } from './csv.ts';
import { labelOf } from './label.ts';

/** What Locust's `_failures.csv` says of one row of `_stats.csv`, or of all. */
export interface LocustFailures {
  readonly count: number;
  readonly timeouts: number;
  /** Failures of which the text does not tell whether there was an answer. */
  readonly unclear: number;
  readonly unanswered: number;
  readonly errors: ReadonlyMap<string, number>;
}

const TIMED_OUT = /time(?:d ?)?[ _-]?out/i;
/** Locust's own errors for an answer that was not liked, and those of requests and its fast client for one that never came. */
const ANSWERED = /^(?:HTTPError|CatchResponseError|ResponseError|JSONDecodeError)\b|\b[45]\d\d (?:Client|Server) Error\b/;
const NO_ANSWER =
  /Connection|RemoteDisconnected|BrokenPipe|gaierror|NameResolution|UnknownHost|SSL|ProtocolError|IncompleteRead|ChunkedEncoding|MaxRetry|Refused|Reset|NoRouteToHost|socket\.error|OSError/;

/** By label; '' for all. undefined when the text is no `_failures.csv`. */
export async function locustFailures(name: string, text: string): Promise<ReadonlyMap<string, LocustFailures> | undefined> {
  const byLabel = new Map<
    string,
    { count: number; timeouts: number; unclear: number; unanswered: number; errors: Map<string, number> }
  >();
  let columns: readonly string[] | undefined;
  let whole = true;
  const chunks = async function* () {
    yield Buffer.from(text);
  };
  await eachRow({ name, chunks }, { delimiter: ',' }, (row) => {
    if (columns === undefined) {
      columns = Array.from({ length: row.cells }, (_, cell) => row.text(cell));
      return;
    }
    const cell = (column: string): number => columns?.indexOf(column) ?? -1;
    const count = row.number(cell('Occurrences'));
    if (row.cells !== columns.length || !(count >= 0)) {
      whole = false;
      return;
    }
    const error = labelOf(row.text(cell('Error')));
    const label = locustLabel(row.text(cell('Method')), row.text(cell('Name')));
    for (const key of [label, '']) {
      const sum = byLabel.get(key) ?? { count: 0, timeouts: 0, unclear: 0, unanswered: 0, errors: new Map<string, number>() };
      byLabel.set(key, sum);
      sum.count += count;
      sum.errors.set(error, (sum.errors.get(error) ?? 0) + count);
      if (ANSWERED.test(error)) continue;
      if (TIMED_OUT.test(error)) {
        sum.timeouts += count;
        sum.unanswered += count;
      } else if (NO_ANSWER.test(error)) sum.unanswered += count;
      else sum.unclear += count;
    }
  });
  if (!whole || columns === undefined || !['Method', 'Name', 'Error', 'Occurrences'].every((each) => columns?.includes(each)))
    return undefined;
  return byLabel;
}

/** As Locust's table has it: the method, or the type of another protocol, and the name. */
export const locustLabel = (type: string, name: string): string =>
  labelOf(type === '' || type === 'None' ? name : `${type} ${name}`);
