import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import * as z from 'zod';
import type { FieldError } from './reply.ts';

const schemaType = z.record(z.string(), z.unknown());
const operationType = z.object({
  parameters: z.array(z.object({ name: z.string(), in: z.string(), required: z.boolean(), schema: schemaType })),
  requestBody: z.object({ required: z.boolean(), schema: schemaType }).optional(),
});
const sliceType = z.object({ version: z.string(), operations: z.record(z.string(), operationType) });

interface Findings {
  /** GitHub refuses the request. */
  readonly errors: readonly FieldError[];
  /** GitHub looks past these, but they are not in its description, so nothing comes of them. */
  readonly unknown: readonly string[];
}

export interface Description {
  /** Every operation that the slice has: `get /repos/{owner}/{repo}`. */
  readonly operations: readonly string[];
  /** Holds a request against the description. Path parameters are decoded. */
  check(operation: string, params: Readonly<Record<string, string>>, query: URLSearchParams, body: unknown): Findings;
}

/** Reads the slice of GitHub's OpenAPI description that `scripts/slice-openapi.ts` cut. */
export function loadDescription(): Description {
  const file = join(repositoryRoot(import.meta.dirname), 'test/support/github/openapi.json');
  const { operations } = sliceType.parse(JSON.parse(readFileSync(file, 'utf8')));
  const ajv = new Ajv({ allErrors: true, strict: false });
  formats.default(ajv);
  const compiled = new Map<string, ValidateFunction>();
  const compile = (key: string, schema: object): ValidateFunction => {
    const known = compiled.get(key) ?? ajv.compile(schema);
    compiled.set(key, known);
    return known;
  };

  return {
    operations: Object.keys(operations),
    check(name, params, query, body) {
      const operation = operations[name];
      if (operation === undefined) throw new Error(`The slice of GitHub's description has no operation ${name}.`);
      const errors: FieldError[] = [];
      const unknown: string[] = [];
      for (const { name: parameter, in: place, required, schema } of operation.parameters) {
        const value = place === 'path' ? params[parameter] : (query.get(parameter) ?? undefined);
        if (value === undefined) {
          if (required) errors.push(fieldError(place, parameter, 'is missing', 'missing_field'));
          continue;
        }
        const validate = compile(`${name} ${place} ${parameter}`, schema);
        if (!validate(schema.type === 'integer' ? toInteger(value) : value)) {
          errors.push(...(validate.errors ?? []).map((error) => fieldError(place, parameter, error.message ?? 'is wrong')));
        }
      }
      const queries = new Set(operation.parameters.filter(({ in: place }) => place === 'query').map((known) => known.name));
      for (const key of query.keys()) if (!queries.has(key)) unknown.push(`query parameter "${key}"`);

      const { requestBody } = operation;
      if (body === undefined) {
        if (requestBody?.required) errors.push(fieldError('body', '/', 'is missing', 'missing_field'));
      } else if (requestBody === undefined) {
        unknown.push('a body');
      } else {
        const validate = compile(`${name} body`, requestBody.schema);
        if (!validate(body)) errors.push(...(validate.errors ?? []).map(bodyError));
        unknown.push(...unknownProperties(body, requestBody.schema, ''));
      }
      return { errors, unknown };
    },
  };
}

/** `tsc` does not copy the slice into `build/`, so it is found from the repository's root. */
function repositoryRoot(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from;
  const above = dirname(from);
  if (above === from) throw new Error('No package.json above the fake GitHub: it runs only inside its repository.');
  return repositoryRoot(above);
}

const toInteger = (text: string): number | string => (/^-?\d+$/.test(text) ? Number(text) : text);

function fieldError(resource: string, field: string, message: string, code: FieldError['code'] = 'invalid'): FieldError {
  return { resource, field, code, message };
}

function bodyError({ instancePath, message = 'is wrong', keyword, params }: ErrorObject): FieldError {
  const allowed = keyword === 'enum' ? `: ${JSON.stringify(params.allowedValues)}` : '';
  return fieldError('body', instancePath || '/', message + allowed, keyword === 'required' ? 'missing_field' : 'invalid');
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function unknownProperties(value: unknown, schema: unknown, at: string): string[] {
  if (!isObject(schema)) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => unknownProperties(item, schema.items, `${at}/${index}`));
  const { properties } = schema;
  if (!isObject(value) || !isObject(properties)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    Object.hasOwn(properties, key) ? unknownProperties(inner, properties[key], `${at}/${key}`) : [`property "${at}/${key}"`],
  );
}
