import { Document, visit } from 'yaml';
import type { IndexExpectation } from '../database/index-expectation.ts';
import type { SnapshotTable } from '../database/index-snapshot.ts';
import { quoted } from '../database/sql-text.ts';

/** The plan's `indexes:` for what a database has: a list of columns where that says it all, else the full form. */
export function indexesText(tables: readonly SnapshotTable[]): string {
  const document = new Document({ indexes: {} });
  for (const { table, expected, leftOut } of tables) {
    if (expected.length === 0 && leftOut.length === 0) continue;
    const visible = table.sqlName === quoted(table.name);
    const key = [...(visible ? [] : [table.schema]), table.name].map(keyPart).join('.');
    const indexes = document.createNode(Object.fromEntries(expected.map((each) => [each.name, plain(each)])));
    visit(indexes, {
      Seq: (_, list) => {
        list.flow = true;
      },
    });
    if (leftOut.length > 0) indexes.comment = leftOut.map(({ index, why }) => ` left out: ${index}, ${why}`).join('\n');
    document.setIn(['indexes', key], indexes);
  }
  return document.toString({ lineWidth: 0 });
}

/** A name with a dot or a quote in it is written as in SQL. */
const keyPart = (name: string): string => (/[".]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name);

function plain(expected: IndexExpectation) {
  const { columns, unique, include = [], method, nullsNotDistinct, where } = expected;
  const list = columns.map(escaped);
  const full = {
    ...(unique === true ? { unique } : {}),
    ...(method === undefined || method === 'btree' ? {} : { method }),
    ...(include.length === 0 ? {} : { include: include.map(escaped) }),
    ...(nullsNotDistinct === true ? { 'nulls-not-distinct': true } : {}),
    ...(where === undefined ? {} : { where: escaped(where) }),
  };
  return Object.keys(full).length === 0 ? list : { columns: list, ...full };
}

/** `${` would be a variable. */
const escaped = (text: string): string => text.replaceAll('${', '$${');
