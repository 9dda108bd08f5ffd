/** A value of a type for a custom plan in which the value itself must not matter. `regtype` names, as PostgreSQL writes them. */
export function typicalValue(type: string): string {
  const found = VALUES[type] ?? (type.endsWith('[]') ? `'{}'` : `'1'`);
  return `${found}::${type}`;
}

const VALUES: Readonly<Record<string, string>> = {
  boolean: 'true',
  date: `'2020-01-01'`,
  json: `'{}'`,
  jsonb: `'{}'`,
  'timestamp with time zone': `'2020-01-01'`,
  'timestamp without time zone': `'2020-01-01'`,
  time: `'00:00'`,
  'time without time zone': `'00:00'`,
  interval: `'1 day'`,
  uuid: `'00000000-0000-0000-0000-000000000000'`,
  inet: `'127.0.0.1'`,
};

/** The constants of an expression as the server writes it: `'open'::text`, `5`, and for a flag both of its values. */
export function constantsIn(expression: string): readonly string[] {
  const texts = expression.match(/'(?:[^']|'')*'/g) ?? [];
  const rest = expression.replace(/'(?:[^']|'')*'(?:::[a-z ]+)?/g, ' ');
  const numbers = (rest.match(/(?<![\w.$"])-?\d+(?:\.\d+)?(?![\w."])/g) ?? []).map((number) => `'${number}'`);
  return [...new Set([...texts, ...numbers, `'true'`, `'false'`])].slice(0, 12);
}
