import { register } from 'node:module';

/**
 * GitHub's own parser of workflows and actions imports its schemas as JSON without the attribute that Node asks for.
 * The hook adds it, in this thread only.
 */
const HOOK = `
export async function resolve(specifier, context, next) {
  const resolved = await next(specifier, context);
  if (!resolved.url.endsWith('.min.json')) return resolved;
  return { ...resolved, importAttributes: { ...resolved.importAttributes, type: 'json' } };
}`;

/** What GitHub's parser has against a file: messages with their places. Empty when it accepts it. */
export async function problemsOf(kind: 'workflow' | 'action', name: string, content: string): Promise<string[]> {
  register(`data:text/javascript,${encodeURIComponent(HOOK)}`);
  const { NoOperationTraceWriter, parseWorkflow } = await import('@actions/workflow-parser');
  const { parseAction } = await import('@actions/workflow-parser/actions/action-parser');
  const parse = kind === 'workflow' ? parseWorkflow : parseAction;
  return parse({ name, content }, new NoOperationTraceWriter())
    .context.errors.getErrors()
    .map((error) => `${name}: ${error.message}`);
}
