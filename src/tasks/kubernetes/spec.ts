import * as z from 'zod';
import { durationField } from '../../criteria/fields.ts';
import { WORKLOAD_KINDS, type WorkloadName } from './workload.ts';

/** What a `kubernetes` task does to a workload. */
export type Change = { readonly target: WorkloadName; readonly timeoutMs: number } & (
  | { readonly kind: 'undo'; readonly revision: number | undefined }
  | { readonly kind: 'restart' }
  | { readonly kind: 'scale'; readonly replicas: number }
  | { readonly kind: 'set-env'; readonly env: Readonly<Record<string, string>> }
);

export const DEFAULT_TIMEOUT_MS = 5 * 60_000;

const KINDS: Readonly<Record<string, WorkloadName['kind']>> = {
  ...Object.fromEntries(WORKLOAD_KINDS.map((kind) => [kind, kind])),
  deploy: 'deployment',
  deployments: 'deployment',
  statefulsets: 'statefulset',
  sts: 'statefulset',
  daemonsets: 'daemonset',
  ds: 'daemonset',
};
const NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** `deployment/resync-app`, parsed to its kind and name. */
export const workloadField = () =>
  z
    .string()
    .transform((text, issues): { readonly kind: WorkloadName['kind']; readonly name: string } => {
      const [kind = '', name = '', ...rest] = text.trim().split('/');
      const known = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
      if (known !== undefined && NAME.test(name) && rest.length === 0) return { kind: known, name };
      issues.addIssue(`Expected a workload such as \`deployment/my-app\` (${WORKLOAD_KINDS.join(', ')}), not “${text}”.`);
      return z.NEVER;
    })
    .describe('A workload: `deployment/my-app`.');

export const namespaceField = () =>
  z.string().regex(NAME, 'Expected the name of a namespace.').describe('The namespace. Default: the kubeconfig’s.');
export const contextField = () => z.string().min(1).describe('The kubeconfig’s context. Default: its current one.');

/** A value goes to kubectl line by line on its standard input. */
const environmentField = () =>
  z.record(
    z.string().regex(VARIABLE, 'Expected the name of an environment variable.'),
    z
      .string()
      .refine((value) => !/[\r\n]/.test(value), 'A value with line breaks cannot be set; put it into a ConfigMap or a Secret.'),
  );

const object = () =>
  z
    .strictObject({
      undo: workloadField().describe('Goes back to the revision before, or to `to-revision`.').optional(),
      restart: workloadField().describe('Replaces all pods.').optional(),
      scale: workloadField().describe('Sets the number of replicas.').optional(),
      'set-env': workloadField().describe('Sets environment variables of all its containers.').optional(),
      'to-revision': z.int().min(1).describe('With `undo`: the revision to go back to.').optional(),
      replicas: z.int().min(0).describe('With `scale`: how many.').optional(),
      env: environmentField().describe('With `set-env`: names and values.').optional(),
      namespace: namespaceField().optional(),
      context: contextField().optional(),
      timeout: durationField().describe('The longest that the rollout may take. Default: 5m.').optional(),
    })
    .transform((spec, issues): Change => {
      const { namespace, context, timeout: timeoutMs = DEFAULT_TIMEOUT_MS, replicas, env } = spec;
      const verbs = (['undo', 'restart', 'scale', 'set-env'] as const).filter((verb) => spec[verb] !== undefined);
      const [verb] = verbs;
      const workload = verb && spec[verb];
      const refuse = (message: string): never => {
        issues.addIssue(message);
        return z.NEVER;
      };
      if (verb === undefined || workload === undefined || verbs.length > 1) {
        return refuse('Give exactly one of `undo`, `restart`, `scale` and `set-env`.');
      }
      for (const [key, owner] of OWNERS) {
        if (spec[key] !== undefined && owner !== verb) return refuse(`\`${key}\` goes with \`${owner}\`, not with \`${verb}\`.`);
      }
      const common = { target: { ...workload, namespace, context }, timeoutMs };
      switch (verb) {
        case 'undo':
          return { kind: 'undo', revision: spec['to-revision'], ...common };
        case 'restart':
          return { kind: 'restart', ...common };
        case 'scale':
          if (workload.kind === 'daemonset') return refuse('A daemon set has no number of replicas.');
          if (replicas === undefined) return refuse('`scale` needs `replicas`.');
          return { kind: 'scale', replicas, ...common };
        case 'set-env':
          if (env === undefined || Object.keys(env).length === 0)
            return refuse('`set-env` needs `env`, with at least one variable.');
          return { kind: 'set-env', env, ...common };
      }
    });

const OWNERS = [
  ['to-revision', 'undo'],
  ['replicas', 'scale'],
  ['env', 'set-env'],
] as const;

const FORMS = '`undo deployment/x`, `restart deployment/x`, `scale deployment/x 3` or `set-env deployment/x KEY=value`';

/** The short form, rewritten to the long one: `undo deployment/x -n production`. */
const line = () =>
  z.string().transform((text, issues): z.input<ReturnType<typeof object>> => {
    const refuse = (message: string): never => {
      issues.addIssue(message);
      return z.NEVER;
    };
    const words = text.trim().split(/\s+/);
    const at = words.findIndex((word) => word === '-n' || word === '--namespace');
    const namespace = at < 0 ? undefined : words.splice(at, 2)[1];
    if (at >= 0 && namespace === undefined) return refuse('`-n` needs the name of a namespace.');
    const [verb, workload, ...rest] = words;
    const common = namespace === undefined ? {} : { namespace };
    if (workload === undefined) return refuse(`Expected ${FORMS}.`);
    const [only] = rest;
    if (verb === 'undo' && rest.length === 0) return { undo: workload, ...common };
    if (verb === 'restart' && rest.length === 0) return { restart: workload, ...common };
    if (verb === 'scale' && rest.length === 1 && /^\d+$/.test(only ?? ''))
      return { scale: workload, replicas: Number(only), ...common };
    if (verb === 'set-env' && rest.length > 0 && rest.every((pair) => pair.includes('='))) {
      const pairs = rest.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
      return { 'set-env': workload, env: Object.fromEntries(pairs), ...common };
    }
    return refuse(`Expected ${FORMS}, not “${text}”.`);
  });

/** The plan's value under `kubernetes:`, as one line or in full. */
export const changeField = () => z.union([line().pipe(object()), object()]);
