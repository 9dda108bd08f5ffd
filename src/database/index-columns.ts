import type { IndexKey } from './index-definition.ts';

/**
 * Columns as the plan writes them and as the catalog has them, brought to one form so that they can be compared as text where the
 * server cannot be asked: `status`, `created_at desc`, `name text_pattern_ops`, `lower(email)`. What is the default is left out.
 */
export function plannedColumn(written: string): string {
  const words = written.trim().replace(/\s+/g, ' ');
  const nulls = / nulls (first|last)$/i.exec(words);
  const beforeNulls = nulls ? words.slice(0, nulls.index) : words;
  const direction = / (asc|desc)$/i.exec(beforeNulls);
  const key = direction ? beforeNulls.slice(0, direction.index) : beforeNulls;
  const desc = direction?.[1]?.toLowerCase() === 'desc';
  const nullsFirst = nulls ? nulls[1]?.toLowerCase() === 'first' : desc;
  // `name text_pattern_ops`: two bare words are a column and its operator class.
  const withClass = /^("(?:[^"]|"")+"|[\w$]+) ([\w$.]+)$/.exec(key);
  return withClass
    ? canonical(bareExpression(withClass[1] ?? key), withClass[2], desc, nullsFirst)
    : canonical(bareExpression(key), undefined, desc, nullsFirst);
}

/** A key of an index in the same form. */
export function catalogColumn({ column, sql, collation, opclass, desc, nulls_first }: IndexKey): string {
  const key = column ?? bareExpression(sql);
  return canonical(collation === null ? key : `${key} collate ${collation}`, opclass ?? undefined, desc, nulls_first);
}

function canonical(key: string, opclass: string | undefined, desc: boolean, nullsFirst: boolean): string {
  const nulls = desc === nullsFirst ? '' : ` nulls ${nullsFirst ? 'first' : 'last'}`;
  return `${key}${opclass === undefined ? '' : ` ${opclass}`}${desc ? ' desc' : ''}${nulls}`;
}

/**
 * An expression without the spelling that means nothing: outer parentheses, spaces beside punctuation, upper case outside quotes.
 * It is no parser: two ways to write one expression may stay different, and then the report shows both.
 */
export function bareExpression(written: string): string {
  let expression = written.trim();
  while (wrapped(expression)) expression = expression.slice(1, -1).trim();
  const quotedName = /^"((?:[^"]|"")+)"$/.exec(expression)?.[1];
  if (quotedName !== undefined) return quotedName.replaceAll('""', '"');
  // A lone name is compared as it is: the catalog gives its true case.
  if (/^[\p{L}_][\p{L}\p{N}_$]*$/u.test(expression)) return expression;
  return expression
    .split(/('(?:[^']|'')*'|"(?:[^"]|"")*")/)
    .map((part, position) =>
      position % 2 === 1
        ? part
        : part
            .toLowerCase()
            .replace(/\s+/g, ' ')
            .replace(/ ?([^\w\s$"']) ?/g, '$1'),
    )
    .join('');
}

/** Whether the first parenthesis closes with the last character. */
function wrapped(expression: string): boolean {
  if (!expression.startsWith('(') || !expression.endsWith(')')) return false;
  let depth = 0;
  for (const [position, character] of [...expression].entries()) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth === 0) return position === expression.length - 1;
  }
  return false;
}
