/** The cells of one record by RFC 4180, as Go's encoding/csv writes it; undefined when a quotation mark is still open at its end. */
export function cellsOf(record: string): readonly string[] | undefined {
  if (!record.includes('"')) return record.split(',');
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    if (record[at] === '"') {
      let cell = '';
      for (at += 1; ; ) {
        const end = record.indexOf('"', at);
        if (end === -1) return undefined;
        cell += record.slice(at, end);
        at = end + 1;
        if (record[at] !== '"') break;
        cell += '"';
        at += 1;
      }
      const end = nextComma(record, at);
      cells.push(cell + record.slice(at, end));
      at = end;
    } else {
      const end = nextComma(record, at);
      cells.push(record.slice(at, end));
      at = end;
    }
    if (at >= record.length) return cells;
    at += 1;
  }
}

function nextComma(record: string, from: number): number {
  const found = record.indexOf(',', from);
  return found === -1 ? record.length : found;
}
