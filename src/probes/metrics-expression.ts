/** `label=~"5.."` as a test on a series' labels. */
interface Matcher {
  readonly label: string;
  test(value: string): boolean;
}

/** `http_requests_total{code=~"5.."}`. */
export interface Selector {
  readonly name: string;
  readonly matchers: readonly Matcher[];
}

const GAUGE_FUNCTIONS = ['value', 'sum', 'max', 'min', 'avg', 'count'] as const;
export type GaugeFunction = (typeof GAUGE_FUNCTIONS)[number];
const COUNTER_FUNCTIONS = ['rate', 'increase'] as const;
export type CounterFunction = (typeof COUNTER_FUNCTIONS)[number];

/** What to make of the scraped series. All but the first kind need two scrapes. */
export type MetricsExpression =
  | { readonly kind: 'gauge'; readonly function: GaugeFunction; readonly selector: Selector }
  | { readonly kind: 'counter'; readonly function: CounterFunction; readonly selector: Selector }
  | { readonly kind: 'quantile'; readonly quantile: number; readonly selector: Selector }
  | { readonly kind: 'mean'; readonly selector: Selector }
  | { readonly kind: 'ratio'; readonly part: Selector; readonly whole: Selector };

const TOKEN = /\s*(?:([a-zA-Z_:][\w:]*)|(\d+(?:\.\d+)?|\.\d+)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(=~|!~|!=|=|[(){},]))/y;
const FUNCTIONS = [...GAUGE_FUNCTIONS, ...COUNTER_FUNCTIONS, 'quantile', 'mean', 'ratio'];

type Token =
  | { readonly kind: 'name' | 'number' | 'text' | 'mark'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: 'the end'; readonly at: number };

/** Reads an expression of the `metrics` probe. @throws SyntaxError that says what was expected where. */
export function parseMetricsExpression(source: string): MetricsExpression {
  const tokens = tokenize(source);
  let place = 0;
  const end: Token = { kind: 'end', text: 'the end', at: source.length };
  const peek = (): Token => tokens[place] ?? end;
  const take = (wanted: string, fits: (token: Token) => boolean): string => {
    const token = peek();
    if (!fits(token)) throw new SyntaxError(`Expected ${wanted} but found ${token.text} at character ${token.at + 1}.`);
    place += 1;
    return token.text;
  };
  const mark = (text: string) => take(`\`${text}\``, (token) => token.kind === 'mark' && token.text === text);
  const isMark = (text: string) => peek().kind === 'mark' && peek().text === text;

  const matcher = (): Matcher => {
    const label = take('a label', (token) => token.kind === 'name');
    const operator = take('`=`, `!=`, `=~` or `!~`', (token) => ['=', '!=', '=~', '!~'].includes(token.text));
    const wanted = unquoted(take('a text in quotes', (token) => token.kind === 'text'));
    return { label, test: testOf(operator, wanted) };
  };
  const selector = (): Selector => {
    const name = take('the name of a metric', (token) => token.kind === 'name');
    const matchers: Matcher[] = [];
    if (isMark('{')) {
      mark('{');
      while (!isMark('}')) {
        matchers.push(matcher());
        if (!isMark('}')) mark(',');
      }
      mark('}');
    }
    return { name, matchers };
  };
  const call = (name: string): MetricsExpression => {
    const gauge = GAUGE_FUNCTIONS.find((one) => one === name);
    if (gauge) return { kind: 'gauge', function: gauge, selector: selector() };
    const counter = COUNTER_FUNCTIONS.find((one) => one === name);
    if (counter) return { kind: 'counter', function: counter, selector: selector() };
    switch (name) {
      case 'quantile': {
        const quantile = Number(take('a quantile such as 0.95', (token) => token.kind === 'number'));
        if (quantile <= 0 || quantile >= 1)
          throw new SyntaxError(`A quantile lies between 0 and 1, such as 0.95; this is ${quantile}.`);
        mark(',');
        return { kind: 'quantile', quantile, selector: selector() };
      }
      case 'mean':
        return { kind: 'mean', selector: selector() };
      case 'ratio': {
        const part = selector();
        mark(',');
        return { kind: 'ratio', part, whole: selector() };
      }
      default:
        throw new SyntaxError(`There is no function ${name}. There are ${FUNCTIONS.join(', ')}.`);
    }
  };

  let expression: MetricsExpression;
  const next = tokens[1];
  if (peek().kind === 'name' && next?.kind === 'mark' && next.text === '(') {
    const name = take('a function', (token) => token.kind === 'name');
    mark('(');
    expression = call(name);
    mark(')');
  } else {
    expression = { kind: 'gauge', function: 'value', selector: selector() };
  }
  take('nothing more', (token) => token.kind === 'end');
  return expression;
}

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  const length = source.trimEnd().length;
  for (let at = 0; at < length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const [whole, name, number, text, mark] = TOKEN.exec(source) ?? [];
    const content = name ?? number ?? text ?? mark;
    if (whole === undefined || content === undefined) {
      throw new SyntaxError(`Cannot read ${source.slice(at).trim().slice(0, 20)} at character ${at + 1}.`);
    }
    const kind = name !== undefined ? 'name' : number !== undefined ? 'number' : text !== undefined ? 'text' : 'mark';
    tokens.push({ kind, text: content, at: at + whole.length - content.length });
  }
  return tokens;
}

function unquoted(text: string): string {
  return text.slice(1, -1).replace(/\\(["'\\n])/g, (_, character: string) => (character === 'n' ? '\n' : character));
}

function testOf(operator: string, wanted: string): (value: string) => boolean {
  if (operator === '=') return (value) => value === wanted;
  if (operator === '!=') return (value) => value !== wanted;
  // As in PromQL, a pattern must match the whole value.
  let pattern: RegExp;
  try {
    pattern = new RegExp(`^(?:${wanted})$`, 's');
  } catch (cause) {
    throw new SyntaxError(`"${wanted}" is not a regular expression.`, { cause });
  }
  return operator === '=~' ? (value) => pattern.test(value) : (value) => !pattern.test(value);
}
