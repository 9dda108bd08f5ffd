import { nearestName } from '../criteria/nearest.ts';
import { parseQuantity } from '../criteria/units.ts';
import { flag, type Measurement, type Measurements, number, text } from '../criteria/value.ts';
import type { Environment } from '../runner/ports.ts';
import type { MapNode, PlanNode, ScalarNode } from './document.ts';
import { interpolate, type Lookup } from './interpolate.ts';
import { secretsOf } from './secrets.ts';

/** What `${NAME}` stands for: the plan's own `vars` first, then the environment. */
export interface Variables {
  readonly lookup: Lookup;
  /** Only the plan's own: in a shell line, the environment is the shell's to expand. */
  readonly own: Lookup;
  /** The `vars` that have a value, as criteria name them: `vars.limit`. Those without one are left out. */
  measurements(): Measurements;
  /** Values that came from secret-looking variables so far. */
  secrets(): readonly string[];
}

/** Each of `vars` is filled in when it is first asked for: one that a phase does not use may stay without a value. */
export function variablesOf(
  vars: MapNode | undefined,
  environment: Environment,
  declaredSecrets: ReadonlySet<string>,
): Variables {
  const secrets = new Set<string>();
  const known = new Map<string, ReturnType<Lookup>>();
  const open = new Set<string>();
  // Also those that only a shell line of the plan reads.
  for (const name of declaredSecrets)
    for (const secret of secretsOf(name, environment[name] ?? '', declaredSecrets)) secrets.add(secret);

  const fromEnvironment: Lookup = (name) => {
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
    if (value === undefined) return { unset: unsetMessage(name, vars, environment) };
    for (const secret of secretsOf(name, value, declaredSecrets)) secrets.add(secret);
    return { value };
  };

  const lookup: Lookup = (name) => {
    const done = known.get(name);
    if (done !== undefined) return done;
    const node = vars?.entries.get(name)?.value;
    if (node === undefined) return fromEnvironment(name);
    if (open.has(name)) return { unset: `\`vars.${name}\` stands for itself, which has no end.` };
    open.add(name);
    const found = resolve(name, node);
    open.delete(name);
    known.set(name, found);
    return found;
  };

  /** A variable may have the same name as the environment's that it takes its value from: `vars: { URL: "${URL}" }`. */
  function resolve(name: string, node: PlanNode): ReturnType<Lookup> {
    if (node.kind !== 'scalar') return { unset: `\`vars.${name}\` is not a text or number.` };
    const { result, gaps } = interpolate(node.written, (inner) => (inner === name ? fromEnvironment(inner) : lookup(inner)));
    const [gap] = gaps;
    if (gap === undefined) {
      for (const secret of secretsOf(name, result.text, declaredSecrets)) secrets.add(secret);
      return { value: result.text };
    }
    return { unset: gap.message, via: gap.via ?? { name, offset: gap.offset } };
  }

  return {
    lookup,
    own: (name) => (vars?.entries.has(name) ? lookup(name) : { unset: '' }),
    measurements() {
      const found: Record<string, Measurement> = {};
      for (const [name, { value: node }] of vars?.entries ?? []) {
        const filled = lookup(name);
        if ('value' in filled && node.kind === 'scalar') found[`vars.${name}`] = measurementOf(filled.value, node);
      }
      return found;
    },
    secrets: () => [...secrets],
  };
}

/** A number with a unit is a quantity, so that `p95 < vars.limit` is checked and judged as one. */
function measurementOf(content: string, node: ScalarNode): Measurement {
  if (typeof node.value === 'boolean') return { value: flag(node.value) };
  if (typeof node.value === 'number') return { value: number(node.value) };
  return { value: parseQuantity(content) ?? text(content) };
}

function unsetMessage(name: string, vars: MapNode | undefined, environment: Environment): string {
  const names = [...(vars?.entries.keys() ?? []), ...Object.keys(environment)];
  const nearest = nearestName(name, names);
  const what = `\`${name}\` has no value: it is not under \`vars:\`, and not in the environment.`;
  return nearest === undefined
    ? `${what} Set it by \`env:\` in the workflow, or write \`\${${name}:-default}\`.`
    : `${what} Did you mean \`${nearest}\`?`;
}
