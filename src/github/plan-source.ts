import type { Octokit } from '@octokit/rest';
import { PlanError } from '../checklist/errors.ts';
import type { PlanOrigin } from '../checklist/model.ts';
import { describeFailure, statusOf } from './failure.ts';

/** The part of GitHub's API that reads a file. */
export interface ContentsApi {
  readonly rest: { readonly repos: Pick<Octokit['rest']['repos'], 'getContent'> };
}

export interface Repository {
  readonly owner: string;
  readonly repo: string;
}

/** What is known of a plan at one commit. */
export type PlanText = { readonly text: string } | 'absent';

/**
 * Reads the plan at the commit that a change is to be merged into. `file` is its path from the repository's root.
 *
 * @throws Error with sentences that say why it could not be read and which permission is missing.
 */
export async function planAtBase(
  client: ContentsApi,
  { owner, repo }: Repository,
  baseSha: string,
  file: string,
): Promise<PlanText> {
  const path = file.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '');
  let data: unknown;
  try {
    // Raw: the JSON form has no content above 1 MiB.
    ({ data } = await client.rest.repos.getContent({ owner, repo, path, ref: baseSha, mediaType: { format: 'raw' } }));
  } catch (error) {
    if (statusOf(error) === 404 && (await mayRead(client, { owner, repo }, baseSha))) return 'absent';
    throw new Error(describeFailure(error, 'plan', 'contents: read'), { cause: error });
  }
  // Text, or bytes where GitHub names no character set; a folder is a list.
  if (typeof data === 'string') return { text: data };
  if (data instanceof ArrayBuffer) return { text: new TextDecoder().decode(data) };
  throw new Error(`The plan could not be read from the base's commit: ${file} is no file there. Check input "plan".`);
}

/** A 404 is also GitHub's answer to a token that may not see the repository. Whoever may, sees the root folder. */
async function mayRead(client: ContentsApi, { owner, repo }: Repository, ref: string): Promise<boolean> {
  try {
    await client.rest.repos.getContent({ owner, repo, path: '', ref });
    return true;
  } catch {
    return false;
  }
}

export interface Plans {
  /** On pull requests and in merge queues; undefined where the event has no base. An Error: it could not be read. */
  readonly base?: (PlanText | Error) | undefined;
  readonly baseSha?: string | undefined;
  readonly head: PlanText;
  readonly headSha?: string | undefined;
  readonly file: string;
  /** Input `plan-source`. */
  readonly wanted?: 'base' | 'head' | undefined;
}

export interface ChosenPlan {
  /** The text to judge by, or why there is none. */
  readonly text: string | PlanError;
  readonly origin: PlanOrigin;
  /** What the reader must know of the choice. */
  readonly note?: string;
}

/**
 * By which plan a change is judged: the base's, so that a pull request cannot lower the bar that it has to pass. A base that could
 * not be read never makes way for the head's silently.
 */
export function choosePlan({ base, baseSha, head, headSha, file, wanted }: Plans): ChosenPlan {
  const fromHead: PlanOrigin = { file, source: 'head', ...(headSha === undefined ? {} : { sha: headSha }) };
  const fromBase: PlanOrigin = { file, source: 'base', ...(baseSha === undefined ? {} : { sha: baseSha }) };
  const headText = head === 'absent' ? missing(file) : head.text;

  if (wanted === 'head') return { text: headText, origin: fromHead, ...noteOf(changedButHead(base, head, file)) };
  if (base === undefined) {
    if (wanted === undefined) return { text: headText, origin: fromHead };
    const message = 'Input "plan-source" is "base", but this event has no base commit. Remove the input, or set it to "head".';
    return { text: new PlanError(message), origin: fromHead };
  }
  if (base instanceof Error) {
    const message = `${base.message} Without it this change cannot be judged by the base's plan; "plan-source: head" judges it by its own.`;
    return { text: new PlanError(message, undefined, { cause: base }), origin: fromBase };
  }
  if (base === 'absent') {
    return {
      text: headText,
      origin: fromHead,
      ...noteOf(head === 'absent' ? undefined : `${file} is new: the base has none yet, so this change is judged by its own.`),
    };
  }
  return { text: base.text, origin: fromBase, ...noteOf(changed(base, head, file)) };
}

function changed(base: { readonly text: string }, head: PlanText, file: string): string | undefined {
  if (head === 'absent') return `This change removes ${file}; it is judged by the base's.`;
  return sameText(base, head) ? undefined : `This pull request changes ${file}; it is judged by the base's.`;
}

function changedButHead(base: Plans['base'], head: PlanText, file: string): string | undefined {
  if (base === undefined || base instanceof Error || base === 'absent' || head === 'absent') return undefined;
  return sameText(base, head)
    ? undefined
    : `This pull request changes ${file}, and is judged by its own, as "plan-source: head" asks.`;
}

/** A checkout on Windows may have other line ends than the commit. */
function sameText(base: { readonly text: string }, head: { readonly text: string }): boolean {
  const plain = (text: string) => text.replace(/^\uFEFF/, '').replace(/\r\n/g, '\n');
  return plain(base.text) === plain(head.text);
}

function noteOf(note: string | undefined): { readonly note?: string } {
  return note === undefined ? {} : { note };
}

function missing(file: string): PlanError {
  return new PlanError(
    `There is no plan at ${file}. Write one, name it by input "plan", or check the repository out before this step (actions/checkout).`,
  );
}
