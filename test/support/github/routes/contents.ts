import { createHash } from 'node:crypto';
import { notFound, ok, type Reply } from '../reply.ts';
import { type Call, pageUrl, param, type Route, repositoryUrl } from '../route.ts';
import { resolveRef } from '../state.ts';

export const contentsRoutes: readonly Route[] = [
  {
    operation: 'get /repos/{owner}/{repo}/contents/{path}',
    needs: [{ name: 'contents', access: 'read' }],
    answer,
  },
];

const RAW = /application\/vnd\.github\.(?:v3\.)?raw/;
/** Above it, the JSON form comes without the content. */
const JSON_BYTES = 1024 * 1024;

function answer(call: Call): Reply {
  const { state, query, accept } = call;
  const ref = query.get('ref') || state.defaultBranch;
  const sha = resolveRef(state, ref);
  if (sha === undefined) return notFound(`No commit found for the ref ${ref}`);
  const files = state.files.get(sha) ?? new Map<string, string>();
  const path = param(call, 'path').replace(/^\/+|\/+$/g, '');
  const text = files.get(path);
  if (text === undefined) {
    const entries = folder(files, path);
    return entries.size === 0 && path !== '' ? notFound() : ok([...entries].map(([name, type]) => entry(call, ref, name, type)));
  }
  const bytes = Buffer.from(text);
  if (RAW.test(accept))
    return { status: 200, body: bytes, headers: { 'content-type': 'application/vnd.github.raw+json; charset=utf-8' } };
  const large = bytes.length > JSON_BYTES;
  return ok({
    ...entry(call, ref, path, 'file'),
    size: bytes.length,
    // As git names a blob.
    sha: createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex'),
    encoding: large ? 'none' : 'base64',
    content: large ? '' : bytes.toString('base64').replace(/.{60}/g, '$&\n'),
  });
}

/** What lies directly in a folder, as path to kind. */
function folder(files: ReadonlyMap<string, string>, path: string): Map<string, 'file' | 'dir'> {
  const inside = path === '' ? '' : `${path}/`;
  const entries = new Map<string, 'file' | 'dir'>();
  for (const file of files.keys()) {
    if (!file.startsWith(inside)) continue;
    const [name = '', ...deeper] = file.slice(inside.length).split('/');
    entries.set(inside + name, deeper.length === 0 ? 'file' : 'dir');
  }
  return entries;
}

function entry(call: Call, ref: string, path: string, type: 'file' | 'dir') {
  return {
    type,
    name: path.split('/').at(-1),
    path,
    url: `${repositoryUrl(call)}/contents/${path}?ref=${ref}`,
    html_url: pageUrl(call, `${type === 'dir' ? 'tree' : 'blob'}/${ref}/${path}`),
  };
}
