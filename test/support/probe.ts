import type { Value } from '../../src/criteria/value.ts';
import type { BoundProbe, Measured, ProbeContext, RegisteredProbe } from '../../src/probes/probe.ts';
import { testPorts } from './ports.ts';

/** The probe with this spec; throws with the schema's words when it does not accept it. */
export function bound(probe: RegisteredProbe, spec: unknown): BoundProbe {
  const binding = probe.bind(spec);
  if ('bound' in binding) return binding.bound;
  throw new Error(binding.issues.map(({ message }) => message).join('\n'));
}

/** A context for one measurement; no names are wanted unless the test says so. */
export function probeContext(overrides: Partial<ProbeContext> = {}): ProbeContext {
  return {
    databases: { url: async (nameOrUrl) => nameOrUrl },
    progress: () => {},
    wanted: new Set(),
    windowMs: 0,
    ...testPorts(overrides),
    ...overrides,
  };
}

export function measure(probe: RegisteredProbe, spec: unknown, overrides: Partial<ProbeContext> = {}): Promise<Measured> {
  return bound(probe, spec).measure(probeContext(overrides));
}

/** The bare values by name: amounts in base units, texts, flags. */
export function plain({ measurements }: Measured): Record<string, number | string | boolean | readonly number[]> {
  return Object.fromEntries(Object.entries(measurements).map(([name, { value }]) => [name, plainOf(value)]));
}

function plainOf(value: Value): number | string | boolean | readonly number[] {
  switch (value.kind) {
    case 'quantity':
      return value.amount;
    case 'text':
      return value.text;
    case 'flag':
      return value.flag;
    case 'version':
      return value.version;
    case 'series':
      return value.points.map(({ amount }) => amount);
  }
}
