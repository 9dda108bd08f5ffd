import type { RegisteredProbe } from './probe.ts';

/** All probes, in the order of the reference page. A new probe is one file and one line here. */
export const PROBES: readonly RegisteredProbe[] = [];
