import * as z from 'zod';
import { ALL_REGISTRIES } from './all-registries.ts';
import { databasesField } from './databases.ts';
import { headerFields } from './header.ts';
import type { Registries } from './reader.ts';
import { canaryFields } from './sections/canary.ts';
import { itemFields } from './sections/check.ts';
import { migrateSchema } from './sections/migrate.ts';
import { optionFields, rollbackFields } from './sections/rollback.ts';
import { taskFields } from './sections/task.ts';

export type JsonSchema = z.core.JSONSchema.BaseSchema;
type Properties = Readonly<Record<string, JsonSchema | boolean>>;

/** What a zod schema takes, as JSON Schema. Draft 7 is what editors for YAML know best. */
export function jsonSchemaOf(schema: z.core.$ZodType): JsonSchema {
  const {
    $schema: _,
    definitions: __,
    ...json
  } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    target: 'draft-7',
    override: ({ zodSchema, jsonSchema }) => {
      // Any JSON value: zod describes it by a definition that refers to itself.
      if (zodSchema instanceof z.core.$ZodLazy)
        for (const key of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, key);
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (isAnyText(jsonSchema.propertyNames)) delete jsonSchema.propertyNames;
    },
  });
  return json;
}

const isAnyText = (schema: unknown): boolean => JSON.stringify(schema) === '{"type":"string"}';

const ref = (name: string): JsonSchema => ({ $ref: `#/definitions/${name}` });

/** The plan file as JSON Schema, for editors: a branch for each probe, task, rollout driver and migration tool there is. */
export function planJsonSchema(registries: Registries = ALL_REGISTRIES): JsonSchema {
  const definitions = {
    item: itemSchema(registries),
    task: taskSchema(registries),
    metric: metricSchema(registries),
    ...Object.fromEntries(
      registries.probes.map(({ name, schema, summary }) => [`probe-${name}`, { description: summary, ...jsonSchemaOf(schema) }]),
    ),
    ...Object.fromEntries(
      registries.tasks.map(({ name, schema, summary }) => [`task-${name}`, { description: summary, ...jsonSchemaOf(schema) }]),
    ),
  };
  const items: JsonSchema = { type: 'array', minItems: 1, items: ref('item') };
  const properties: Properties = {
    ...propertiesOf(z.strictObject({ ...headerFields(), databases: databasesField() })),
    'pre-deploy': preDeploySchema(items),
    migrate: migrateJsonSchema(registries, items),
    canary: canarySchema(registries),
    rollback: rollbackSchema(items),
  };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Holdpoint plan',
    description:
      'A deployment checklist as gates: what must hold before a deployment, after a migration, during a canary and after a rollback.',
    type: 'object',
    properties: widened(properties),
    patternProperties: { '^x-': { description: 'A place for anchors; nothing reads it.' } },
    required: ['version'],
    additionalProperties: false,
    definitions: widened(definitions),
  };
}

function propertiesOf(schema: z.core.$ZodType): Properties {
  return jsonSchemaOf(schema).properties ?? {};
}

/** An object that has exactly one of the named keys, beside others. */
function oneKeyOf(choices: Properties, beside: Properties, description: string): JsonSchema {
  return {
    type: 'object',
    description,
    properties: { ...beside, ...choices },
    additionalProperties: false,
    oneOf: Object.keys(choices).map((key) => ({ required: [key] })),
  };
}

function itemSchema({ probes }: Registries): JsonSchema {
  const choices = Object.fromEntries(probes.map(({ name }) => [name, ref(`probe-${name}`)]));
  return oneKeyOf(
    choices,
    propertiesOf(z.strictObject(itemFields())),
    'An item: one probe, and the criteria that judge what it measures.',
  );
}

function taskSchema({ tasks }: Registries): JsonSchema {
  const choices = Object.fromEntries(tasks.map(({ name }) => [name, ref(`task-${name}`)]));
  return oneKeyOf(choices, propertiesOf(z.strictObject(taskFields())), 'A task, which changes something.');
}

/** A probe, or `{ prometheus: "<url>", queries: {…} }`. */
function metricSchema({ probes }: Registries): JsonSchema {
  const choices = Object.fromEntries(probes.map(({ name }) => [name, ref(`probe-${name}`)]));
  const prometheus = probes.find(({ name }) => name === 'prometheus');
  if (prometheus === undefined) return oneKeyOf(choices, {}, 'A probe.');
  const { url: _, ...beside } = propertiesOf(prometheus.schema);
  const url: JsonSchema = { type: 'string', description: 'The URL of Prometheus; `queries` stands beside it.' };
  return {
    ...oneKeyOf({ ...choices, prometheus: { anyOf: [url, ref('probe-prometheus')] } }, beside, 'A probe, asked at each poll.'),
    dependencies: Object.fromEntries(Object.keys(beside).map((key) => [key, ['prometheus']])),
  };
}

function preDeploySchema(items: JsonSchema): JsonSchema {
  const { concurrency = {} } = propertiesOf(z.strictObject(headerFields()));
  return {
    description: 'What must hold before a deployment: a list of items.',
    anyOf: [items, { type: 'object', properties: { concurrency, items }, required: ['items'], additionalProperties: false }],
  };
}

function migrateJsonSchema({ tools }: Registries, items: JsonSchema): JsonSchema {
  const whole = jsonSchemaOf(migrateSchema());
  const detected: JsonSchema = {
    type: 'object',
    description: 'The tool that the repository is set up for, and what it needs to know.',
    properties: { tool: false, directory: { type: 'string', description: 'The folder to look for it in. Default: all.' } },
  };
  const run: JsonSchema = {
    description: 'The team’s own migration tool, and what it needs to know. Default: the one that the repository is set up for.',
    oneOf: [
      detected,
      ...tools.map(({ name, summary, schema }) => {
        const spec = jsonSchemaOf(schema);
        return {
          ...spec,
          description: summary,
          properties: { tool: { const: name, description: summary }, ...spec.properties },
          required: ['tool', ...(spec.required ?? [])],
        };
      }),
    ],
  };
  return {
    ...whole,
    description: 'What must hold after a migration.',
    properties: {
      ...whole.properties,
      run,
      checks: { ...items, description: 'Further items, carried out after the migration.' },
    },
  };
}

function canarySchema({ rollouts }: Registries): JsonSchema {
  const whole = jsonSchemaOf(z.strictObject(canaryFields()));
  const metrics = (description: string): JsonSchema => ({
    description,
    anyOf: [ref('metric'), { type: 'array', minItems: 1, items: ref('metric') }],
  });
  const drivers = Object.fromEntries(
    rollouts.map(({ name, summary, schema }) => [name, { description: summary, ...jsonSchemaOf(schema) }]),
  );
  const siblings = rollouts.flatMap(({ name, schema }) =>
    siblingsOf(jsonSchemaOf(schema)).map((each) => ({ ...each, driver: name })),
  );
  const rollout: JsonSchema = {
    ...oneKeyOf(drivers, Object.fromEntries(siblings.map(({ key, schema }) => [key, schema])), 'What shifts the traffic.'),
    dependencies: Object.fromEntries(siblings.map(({ key, driver }) => [key, [driver]])),
  };
  return {
    ...whole,
    description: 'What must hold while traffic is shifted to a new version, step by step.',
    properties: {
      ...whole.properties,
      rollout,
      metrics: metrics('What is measured of the canary at each poll.'),
      control: metrics('The same of the stable version, as baseline. Default: the metrics before the first step.'),
    },
    required: ['rollout', 'metrics', 'steps'],
  };
}

/** The keys that may stand beside a driver's short form: those of its long form, without the target. */
function siblingsOf({ anyOf = [] }: JsonSchema): readonly { readonly key: string; readonly schema: JsonSchema | boolean }[] {
  return anyOf.flatMap((branch) => {
    const properties = typeof branch === 'object' ? branch.properties : undefined;
    if (properties?.['target'] === undefined) return [];
    return Object.entries(properties).flatMap(([key, schema]) => (key === 'target' ? [] : [{ key, schema }]));
  });
}

function rollbackSchema(items: JsonSchema): JsonSchema {
  const whole = jsonSchemaOf(z.strictObject(rollbackFields()));
  const option = jsonSchemaOf(z.strictObject(optionFields()));
  const names: JsonSchema = { type: 'string', description: 'The name of another option: its tasks.' };
  const tasks: JsonSchema = { ...propertyOf(option, 'tasks'), items: { anyOf: [ref('task'), names] } };
  return {
    ...whole,
    description: 'Ways back to the previous good state, and what proves that it runs again.',
    properties: {
      ...whole.properties,
      options: {
        ...propertyOf(whole, 'options'),
        additionalProperties: { ...option, properties: { ...option.properties, tasks } },
      },
      verify: { ...items, description: 'Items that prove that the previous state runs again.' },
    },
    required: ['options', 'verify'],
  };
}

function propertyOf({ properties }: JsonSchema, key: string): JsonSchema {
  const found = properties?.[key];
  return typeof found === 'object' ? found : {};
}

/** Where a value is a number, a flag or a text of a certain form, `${NAME}` may stand in its place. */
const VARIABLE: JsonSchema = { type: 'string', pattern: '\\$\\{' };
const FREE_TEXT = ['string', 'number', 'boolean'] as const;

/** What the reader takes beside what the schemas say: variables anywhere, and numbers as values of free texts. */
function widened<Part>(part: Readonly<Record<string, Part>>): Record<string, Part>;
function widened(part: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, key === 'propertyNames' ? value : widen(value)]));
}

function widen(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(widen);
  if (typeof value !== 'object' || value === null) return value;
  const inner: Record<string, unknown> = widened({ ...value });
  const { type, pattern, format, additionalProperties } = inner;
  if (isFreeText(additionalProperties)) return { ...inner, additionalProperties: { ...additionalProperties, type: FREE_TEXT } };
  const strict =
    type === 'integer' ||
    type === 'number' ||
    type === 'boolean' ||
    (type === 'string' && (pattern ?? format ?? inner['enum']) !== undefined);
  if (!strict || pattern === VARIABLE.pattern) return inner;
  const { description, ...rest } = inner;
  return { ...(description === undefined ? {} : { description }), anyOf: [rest, VARIABLE] };
}

function isFreeText(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'string' && !('pattern' in value);
}
