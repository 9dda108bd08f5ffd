/**
 * Cuts GitHub's OpenAPI description down to the requests that the fake GitHub of the tests answers, as JSON Schema
 * without prose. Takes the path of `generated/api.github.com.json` from an unpacked `@octokit/openapi`:
 *
 *     npm pack @octokit/openapi && tar xzf octokit-openapi-*.tgz
 *     node build/scripts/slice-openapi.js package/generated/api.github.com.json
 */
import { readFile, writeFile } from 'node:fs/promises';

const OPERATIONS = [
  'get /rate_limit',
  'get /repos/{owner}/{repo}',
  'post /repos/{owner}/{repo}/check-runs',
  'get /repos/{owner}/{repo}/check-runs/{check_run_id}',
  'patch /repos/{owner}/{repo}/check-runs/{check_run_id}',
  'get /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations',
  'get /repos/{owner}/{repo}/commits/{ref}/check-runs',
  'post /repos/{owner}/{repo}/statuses/{sha}',
  'get /repos/{owner}/{repo}/commits/{ref}/statuses',
  'get /repos/{owner}/{repo}/commits/{ref}/status',
  'get /repos/{owner}/{repo}/pulls',
  'get /repos/{owner}/{repo}/pulls/{pull_number}',
  'get /repos/{owner}/{repo}/pulls/{pull_number}/files',
  'get /repos/{owner}/{repo}/pulls/{pull_number}/reviews',
  'post /repos/{owner}/{repo}/pulls/{pull_number}/reviews',
  'get /repos/{owner}/{repo}/issues/{issue_number}/comments',
  'post /repos/{owner}/{repo}/issues/{issue_number}/comments',
  'patch /repos/{owner}/{repo}/issues/comments/{comment_id}',
  'get /repos/{owner}/{repo}/contents/{path}',
  'get /repos/{owner}/{repo}/deployments',
  'post /repos/{owner}/{repo}/deployments',
  'get /repos/{owner}/{repo}/deployments/{deployment_id}',
  'get /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
  'post /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
  'get /repos/{owner}/{repo}/rules/branches/{branch}',
  'get /repos/{owner}/{repo}/actions/artifacts',
  'get /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts',
  'get /repos/{owner}/{repo}/actions/artifacts/{artifact_id}',
  'get /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}',
  'get /orgs/{org}/teams/{team_slug}/members',
  'get /orgs/{org}/teams/{team_slug}/memberships/{username}',
];

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const PROSE = new Set(['description', 'title', 'summary', 'example', 'examples', 'externalDocs', 'deprecated', 'default']);
/** Keywords whose value is a map from a name to a schema: a property may be called `description`. */
const NAMED_SCHEMAS = new Set(['properties', 'patternProperties']);

/** OpenAPI 3.0 writes `nullable: true` where JSON Schema lists the type `null`. */
function withNull(schema: JsonObject): JsonObject {
  if (schema.nullable !== true) return schema;
  const { nullable: _, ...rest } = schema;
  if (Array.isArray(rest.enum) && !rest.enum.includes(null)) rest.enum = [...rest.enum, null];
  if (typeof rest.type === 'string') return { ...rest, type: [rest.type, 'null'] };
  return { anyOf: [rest, { type: 'null' }] };
}

function toJsonSchema(value: Json): Json {
  if (Array.isArray(value)) return value.map(toJsonSchema);
  if (!isObject(value)) return value;
  const kept: JsonObject = {};
  for (const [key, inner] of Object.entries(value)) {
    if (PROSE.has(key) || key.startsWith('x-')) continue;
    if (NAMED_SCHEMAS.has(key) && isObject(inner)) {
      kept[key] = Object.fromEntries(Object.entries(inner).map(([name, schema]) => [name, toJsonSchema(schema)]));
    } else {
      kept[key] = key === 'enum' ? inner : toJsonSchema(inner);
    }
  }
  return withNull(kept);
}

function slice(description: Json): JsonObject {
  const used = new Map<string, Json>();

  function at(path: readonly string[]): Json | undefined {
    let here: Json | undefined = description;
    for (const key of path) here = isObject(here) ? here[key] : undefined;
    return here;
  }
  function resolved(value: Json): Json {
    if (!isObject(value) || typeof value.$ref !== 'string') return value;
    const target = at(value.$ref.replace('#/', '').split('/'));
    if (target === undefined) throw new Error(`${value.$ref} points at nothing.`);
    return target;
  }
  function gather(schema: Json): void {
    for (const [, name] of JSON.stringify(schema).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (name === undefined || used.has(name)) continue;
      const component = toJsonSchema(at(['components', 'schemas', name]) ?? {});
      used.set(name, component);
      gather(component);
    }
  }
  function operation(name: string): JsonObject {
    const [method = '', path = ''] = name.split(' ');
    const found = at(['paths', path, method]);
    if (!isObject(found)) throw new Error(`GitHub's description has no operation ${name}.`);
    const parameters = (Array.isArray(found.parameters) ? found.parameters : []).map((raw) => {
      const parameter = resolved(raw);
      if (!isObject(parameter)) throw new Error(`${name} has a parameter that is not an object.`);
      return {
        name: parameter.name ?? '',
        in: parameter.in ?? '',
        required: parameter.required === true,
        schema: toJsonSchema(resolved(parameter.schema ?? {})),
      };
    });
    const body = at(['paths', path, method, 'requestBody']);
    const schema = at(['paths', path, method, 'requestBody', 'content', 'application/json', 'schema']);
    const cut: JsonObject = { parameters };
    if (isObject(body)) cut.requestBody = { required: body.required === true, schema: toJsonSchema(resolved(schema ?? {})) };
    gather(cut);
    return cut;
  }

  const operations = Object.fromEntries(OPERATIONS.map((name) => [name, operation(name)]));
  const schemas = Object.fromEntries([...used].sort(([a], [b]) => a.localeCompare(b)));
  return { version: at(['info', 'version']) ?? '', operations, components: { schemas } };
}

const [source, target = 'test/support/github/openapi.json'] = process.argv.slice(2);
if (source === undefined) {
  console.error('Say where the description is: slice-openapi.js path/to/generated/api.github.com.json');
  process.exitCode = 2;
} else {
  const parsed: Json = JSON.parse(await readFile(source, 'utf8'));
  await writeFile(target, `${JSON.stringify(slice(parsed), null, 1)}\n`);
}
