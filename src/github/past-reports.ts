import type { Octokit } from '@octokit/rest';
import { describeFailure, statusOf } from './failure.ts';

/** The parts of GitHub's API that earlier reports are read by. */
export interface PastReportsApi {
  readonly rest: {
    readonly actions: Pick<Octokit['rest']['actions'], 'listArtifactsForRepo' | 'downloadArtifact'>;
    readonly repos: Pick<Octokit['rest']['repos'], 'get' | 'getContent'>;
  };
}

/** What earlier runs have left at GitHub. */
export interface PastReports {
  /**
   * The JSON reports in the artifacts of a name that runs on a branch have uploaded, newest first. Artifacts of forks and of other
   * branches are none: whoever opens a pull request must not set what it is compared with.
   *
   * @param branch undefined: the default branch.
   * @throws Error with sentences that say why they could not be read and which permission is missing.
   */
  inArtifacts(name: string, branch: string | undefined, atMost: number): Promise<readonly unknown[]>;
  /** A file's text at a branch's head; undefined when there is none. Throws as `inArtifacts` does. */
  fileOn(branch: string, path: string): Promise<string | undefined>;
}

/** A report of many items has some hundred kilobytes. */
const LARGEST_ARTIFACT = 50_000_000;

export function pastReports(
  client: PastReportsApi,
  { owner, repo }: { readonly owner: string; readonly repo: string },
): PastReports {
  const { actions, repos } = client.rest;
  const attempt = async <Result>(work: () => Promise<Result>, what: 'artifacts' | 'history'): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      throw new Error(describeFailure(error, what, what === 'artifacts' ? 'actions: read' : 'contents: read'), { cause: error });
    }
  };
  return {
    inArtifacts: (name, branch, atMost) =>
      attempt(async () => {
        const { data: repository } = await repos.get({ owner, repo });
        const wanted = branch ?? repository.default_branch;
        const { data } = await actions.listArtifactsForRepo({ owner, repo, name, per_page: 100 });
        const ours = data.artifacts.filter(
          ({ expired, size_in_bytes, workflow_run: run }) =>
            !expired &&
            size_in_bytes <= LARGEST_ARTIFACT &&
            run?.head_branch === wanted &&
            run.head_repository_id === repository.id,
        );
        const reports: unknown[] = [];
        for (const { id } of ours) {
          if (reports.length >= atMost) break;
          const { data: zip } = await actions.downloadArtifact({ owner, repo, artifact_id: id, archive_format: 'zip' });
          reports.push(...(await reportsIn(zip)));
        }
        return reports.slice(0, atMost);
      }, 'artifacts'),
    fileOn: (branch, path) =>
      attempt(async () => {
        try {
          const { data } = await repos.getContent({ owner, repo, path, ref: branch, mediaType: { format: 'raw' } });
          const raw: unknown = data;
          return typeof raw === 'string' ? raw : raw instanceof ArrayBuffer ? new TextDecoder().decode(raw) : undefined;
        } catch (error) {
          if (statusOf(error) === 404) return undefined;
          throw error;
        }
      }, 'history'),
  };
}

/** The JSON documents in an artifact; what cannot be read is left out. */
async function reportsIn(zip: unknown): Promise<readonly unknown[]> {
  if (!(zip instanceof ArrayBuffer)) return [];
  const { unzipSync } = await import('fflate');
  try {
    const files = unzipSync(new Uint8Array(zip), { filter: ({ name }) => name.endsWith('.json') });
    return Object.values(files).flatMap((bytes) => documentOf(new TextDecoder().decode(bytes)));
  } catch {
    return [];
  }
}

function documentOf(text: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return [];
  }
}
