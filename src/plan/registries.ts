import type { Phase } from '../checklist/model.ts';
import { PROBES } from '../probes/registry.ts';
import type { Registries } from './reader.ts';

const PROBES_ONLY: Registries = { probes: PROBES, tasks: [], rollouts: [], tools: [] };

/** What the section of a phase may name. Loaded as far as the phase needs it: a start without migrations does not pay for their tools. */
export async function registriesFor(phase: Phase): Promise<Registries> {
  if (phase === 'pre-deploy') return PROBES_ONLY;
  const { ALL_REGISTRIES } = await import('./all-registries.ts');
  return ALL_REGISTRIES;
}
