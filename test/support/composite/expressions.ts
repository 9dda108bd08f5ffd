import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import type { FunctionDefinition } from '@actions/expressions/funcs/info';
import { TokenType } from '@actions/expressions/lexer';

/** How the steps before this one ended, as `success()` and its kin see it. */
export type Status = 'success' | 'failure' | 'cancelled';

/** Contexts by name; plain data. */
export type Contexts = Readonly<Record<string, unknown>>;

const STATUS_FUNCTIONS = ['always', 'success', 'failure', 'cancelled'];

/** Replaces each `${{ … }}` by its value, as text. */
export function interpolate(template: string, contexts: Contexts): string {
  return splitTemplate(template)
    .map((part) => ('text' in part ? part.text : evaluate(part.expression, contexts, 'success').coerceString()))
    .join('');
}

/** Whether a step with this `if:` runs. A condition that asks for no status is joined with `success()`. */
export function conditionHolds(condition: string | undefined, contexts: Contexts, status: Status): boolean {
  const expression = unwrapped(condition ?? 'success()');
  const asked = asksForStatus(expression) ? expression : `success() && (${expression})`;
  return isTruthy(evaluate(asked, contexts, status));
}

function evaluate(expression: string, contexts: Contexts, status: Status): data.ExpressionData {
  const functions = statusFunctions(status);
  const { tokens } = new Lexer(expression).lex();
  const tree = new Parser(tokens, Object.keys(contexts), functions).parse();
  const dictionary = new data.Dictionary(...Object.entries(contexts).map(([key, value]) => ({ key, value: toData(value) })));
  return new Evaluator(tree, dictionary, new Map(functions.map((each) => [each.name, each]))).evaluate();
}

function statusFunctions(status: Status): FunctionDefinition[] {
  const asked = (name: string, holds: boolean) => ({ name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(holds) });
  return [
    asked('always', true),
    asked('success', status === 'success'),
    asked('failure', status === 'failure'),
    asked('cancelled', status === 'cancelled'),
  ];
}

function asksForStatus(expression: string): boolean {
  const { tokens } = new Lexer(expression).lex();
  return tokens.some(
    (token, index) => STATUS_FUNCTIONS.includes(token.lexeme.toLowerCase()) && tokens[index + 1]?.type === TokenType.LEFT_PAREN,
  );
}

/** `if:` may be written with or without its braces. */
function unwrapped(condition: string): string {
  const [first, second] = splitTemplate(condition.trim());
  return first && 'expression' in first && !second ? first.expression : condition;
}

type Part = { readonly text: string } | { readonly expression: string };

function splitTemplate(template: string): Part[] {
  const parts: Part[] = [];
  let position = 0;
  for (let start = template.indexOf('${{'); start >= 0; start = template.indexOf('${{', position)) {
    if (start > position) parts.push({ text: template.slice(position, start) });
    const end = closingBraces(template, start + 3);
    parts.push({ expression: template.slice(start + 3, end).trim() });
    position = end + 2;
  }
  if (position < template.length) parts.push({ text: template.slice(position) });
  return parts;
}

/** The closing braces that stand outside a quoted string; a quote inside one is doubled, which reads as two strings. */
function closingBraces(template: string, from: number): number {
  let quoted = false;
  for (let index = from; index < template.length; index += 1) {
    if (template[index] === "'") quoted = !quoted;
    else if (!quoted && template.startsWith('}}', index)) return index;
  }
  throw new Error(`Expression is not closed: ${template.slice(from - 3)}`);
}

function toData(value: unknown): data.ExpressionData {
  if (typeof value === 'string') return new data.StringData(value);
  if (typeof value === 'number') return new data.NumberData(value);
  if (typeof value === 'boolean') return new data.BooleanData(value);
  if (Array.isArray(value)) return new data.Array(...value.map(toData));
  if (typeof value === 'object' && value !== null) {
    return new data.Dictionary(...Object.entries(value).map(([key, inner]) => ({ key, value: toData(inner) })));
  }
  return new data.Null();
}

function isTruthy(value: data.ExpressionData): boolean {
  switch (value.kind) {
    case data.Kind.Null:
      return false;
    case data.Kind.Boolean:
    case data.Kind.String:
      return Boolean(value.value);
    case data.Kind.Number:
      return value.value !== 0 && !Number.isNaN(value.value);
    default:
      return true;
  }
}
