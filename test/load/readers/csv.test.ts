import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eachRow, numberIn } from '../../../src/load/readers/csv.ts';

async function* chunked(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  // A chunk is good until the next one is asked for, as of a real file.
  const shared = Buffer.alloc(size);
  for (let at = 0; at < bytes.length; at += size) {
    const length = bytes.copy(shared, 0, at, at + size);
    yield shared.subarray(0, length);
  }
}

async function rowsOf(
  text: string | Buffer,
  delimiter = ',',
  size = 7,
  quotes = true,
): Promise<{ line: number; cells: string[] }[]> {
  const rows: { line: number; cells: string[] }[] = [];
  const bytes = Buffer.from(text);
  await eachRow({ name: 'table', chunks: () => chunked(bytes, size) }, { delimiter, quotes }, (row) => {
    rows.push({ line: row.line, cells: Array.from({ length: row.cells }, (_, cell) => row.text(cell)) });
  });
  return rows;
}

/** One character after the other, with nothing clever in it. */
function slowly(text: string, delimiter: string): { line: number; cells: string[] }[] {
  const rows: { line: number; cells: string[] }[] = [];
  let line = 1;
  let start = 1;
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let wasQuoted = false;
  let at = 0;
  const endCell = (): void => {
    cells.push(cell);
    cell = '';
  };
  const endRow = (): void => {
    if (!wasQuoted && cell.endsWith('\r')) cell = cell.slice(0, -1);
    endCell();
    if (cells.length > 1 || cells[0] !== '' || wasQuoted) rows.push({ line: start, cells });
    cells = [];
    wasQuoted = false;
  };
  while (at < text.length) {
    const character = text[at] ?? '';
    if (character === '\n') line += 1;
    if (quoted) {
      if (character === '"' && text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else if (character === '"') quoted = false;
      else cell += character;
    } else if (character === '"' && cell === '' && !wasQuoted) {
      quoted = true;
      wasQuoted = true;
    } else if (character === delimiter) {
      endCell();
      wasQuoted = false;
    } else if (character === '\n') {
      endRow();
      start = line;
    } else if (!(wasQuoted && character === '\r')) cell += character;
    at += 1;
  }
  if (cell !== '' || cells.length > 0 || wasQuoted) endRow();
  return rows;
}

const DELIMITERS = [',', ';', '\t', '|'];
const text = fc.oneof(
  fc.constantFrom(
    '',
    '0',
    '12.5',
    'true',
    'a b',
    'été',
    '日本',
    '😀',
    '"',
    '""',
    'say "hi"',
    'two\nlines',
    'two\r\nlines',
    ',',
    ';',
    '\t',
    '|',
    ' "',
    '\n',
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }).filter((made) => !made.includes('\r')),
);
const cells = fc.record({ text, quoted: fc.boolean() });
const written = (delimiter: string, cell: { readonly text: string; readonly quoted: boolean }): string =>
  cell.quoted || /["\n\r]/.test(cell.text) || cell.text.includes(delimiter) ? `"${cell.text.replaceAll('"', '""')}"` : cell.text;

describe('a table, wherever the chunks of its file end', () => {
  test('has the rows and lines that a slow and plain parser finds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cells, { minLength: 1, maxLength: 6 }), { maxLength: 12 }),
        fc.constantFrom(...DELIMITERS),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.integer({ min: 1, max: 40 }),
        async (table, delimiter, end, ended, size) => {
          const lines = table.map((row) => row.map((cell) => written(delimiter, cell)).join(delimiter));
          const whole = lines.join(end) + (ended ? end : '');
          expect(await rowsOf(whole, delimiter, size)).toEqual(slowly(whole, delimiter));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('gives back the texts that were written', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cells, { minLength: 2, maxLength: 6 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 40 }),
        async (table, size) => {
          const whole = `${table.map((row) => row.map((cell) => written(',', cell)).join(',')).join('\n')}\n`;
          const found = await rowsOf(whole, ',', size);
          expect(found.map((row) => row.cells)).toEqual(table.map((row) => row.map((cell) => cell.text)));
        },
      ),
    );
  });

  test('has no byte order mark in its first cell', async () => {
    expect(await rowsOf('\uFEFFa,b\n1,2\n', ',', 1)).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['1', '2'] },
    ]);
  });

  test('has more cells in a row than were first made room for', async () => {
    const [row] = await rowsOf(Array.from({ length: 300 }, (_, index) => String(index)).join(','));
    expect([row?.cells.length, row?.cells[299]]).toEqual([300, '299']);
  });

  test('has quotes that are like any other character, where the format knows none', async () => {
    expect(await rowsOf('"a\tb"\n', '\t', 2, false)).toEqual([{ line: 1, cells: ['"a', 'b"'] }]);
  });
});

describe('a quote', () => {
  test('that is never closed is an error at its row, not one long cell', async () => {
    await expect(rowsOf('a,b\n1,"2\n3,4\n5,6\n')).rejects.toThrow(
      'table, line 2: a quote that opens in this row is never closed',
    );
  });

  test('that the end of the file cuts off is a torn row', async () => {
    const torn: boolean[] = [];
    const chunks = () => chunked(Buffer.from('a,b\n1,"2'), 3);
    await eachRow({ name: 'table', chunks }, { delimiter: ',' }, (row) => torn.push(row.torn));
    expect(torn).toEqual([false, true]);
  });

  test('that text follows is an error', async () => {
    await expect(rowsOf('a,b\n"1"x,2\n')).rejects.toThrow('table, line 2: text follows a closing quote');
  });
});

test('a number is what Number makes of its text, and none where there is nothing', () => {
  const read = (given: string): number => {
    const bytes = Buffer.from(`x${given}y`);
    return numberIn(bytes, 1, bytes.length - 1);
  };
  const spelled = fc.oneof(
    fc.integer().map(String),
    fc.double().map(String),
    fc.bigInt({ min: 0n, max: 10n ** 22n }).map(String),
    fc.tuple(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 0, max: 999_999 })).map(([whole, part]) => `${whole}.${part}`),
    fc.constantFrom('1.', '.5', '00012', '1e3', '-0', ' 7 ', '1.2.3', '0x10', 'NaN', '12a', '-', '9007199254740993', '+4'),
    fc.string({ maxLength: 6 }).filter((made) => made.trim() !== ''),
  );
  fc.assert(
    fc.property(spelled, (given) => Object.is(read(given), Number(given))),
    { numRuns: 2000 },
  );
  expect([read(''), read(' ')]).toEqual([Number.NaN, Number.NaN]);
});
