import type { Checklist, Item, Judgement, Position } from '../checklist/model.ts';
import { blocks } from '../checklist/verdict.ts';
import type { Locale } from '../criteria/value.ts';
import { shortLine } from '../report/escape.ts';
import { findingLine, isTroubling } from '../report/sentence.ts';

/** A remark at a line of the plan, or of a migration. */
export interface Annotation {
  /** From the repository's root, with forward slashes. */
  readonly path: string;
  /** Counts from 1. */
  readonly line: number;
  readonly level: 'failure' | 'warning';
  readonly title: string;
  readonly message: string;
}

/** More are noise; the report has them all. */
const MOST = 100;
const TITLE_LENGTH = 255;
const MESSAGE_LENGTH = 2_000;

/**
 * What stopped the deployment or asks for attention, at the lines of the plan that ask for it; failures first, at most 100. Empty
 * when the plan is no file of the repository.
 */
export function annotationsOf(checklist: Checklist, locale: Locale = 'en'): readonly Annotation[] {
  const { plan } = checklist;
  const path = plan.source === 'input' ? undefined : insideRepository(plan.file);
  if (path === undefined) return [];
  const all = checklist.items.flatMap((item) => itemAnnotations(item, { path, plan }, locale));
  const failures = all.filter(({ level }) => level === 'failure');
  const warnings = all.filter(({ level }) => level === 'warning');
  return [...failures, ...warnings].slice(0, MOST);
}

function insideRepository(file: string): string | undefined {
  const path = file.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '');
  const outside = path === '' || path.startsWith('/') || /^[a-z]:/i.test(path) || path.split('/').includes('..');
  return outside ? undefined : path;
}

function itemAnnotations(
  item: Item,
  { path, plan }: Pick<Checklist, 'plan'> & { readonly path: string },
  locale: Locale,
): readonly Annotation[] {
  if (item.reason === 'cancelled' || (!blocks(item.state) && item.state !== 'warn')) return [];
  const title = shortLine(item.title, TITLE_LENGTH);
  // A finding of the x-ray stands in a migration's file, all else in the plan.
  const at = ({ file, line }: Position, level: Annotation['level'], message: string): Annotation => ({
    path: file === plan.file ? path : (insideRepository(file) ?? path),
    line,
    level,
    title,
    message: shortLine(message, MESSAGE_LENGTH),
  });
  const judged = item.judgements.flatMap((judgement) => {
    if (judgement.position === undefined || !isTroubling(judgement)) return [];
    const level = item.required && judgement.intent !== 'warn' ? 'failure' : 'warning';
    return [at(judgement.position, level, findingLine(about(item, judgement), locale))];
  });
  if (judged.length > 0) return judged;
  const level = item.required && blocks(item.state) ? 'failure' : 'warning';
  return item.position === undefined ? [] : [at(item.position, level, findingLine(item, locale))];
}

/** The item as if it had this one judgement only. */
function about({ message: _, ...item }: Item, judgement: Judgement): Item {
  return { ...item, judgements: [judgement] };
}
