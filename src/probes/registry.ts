import { command } from './command.ts';
import { file } from './file.ts';
import { http } from './http.ts';
import { load } from './load.ts';
import { metrics } from './metrics.ts';
import { postgres } from './postgres.ts';
import type { RegisteredProbe } from './probe.ts';
import { prometheus } from './prometheus.ts';
import { redis } from './redis.ts';
import { settings } from './settings.ts';
import { tcp } from './tcp.ts';
import { tls } from './tls.ts';

/** All probes, in the order of the reference page. A new probe is one file and one line here. */
export const PROBES: readonly RegisteredProbe[] = [
  settings,
  http,
  tcp,
  tls,
  command,
  file,
  postgres,
  redis,
  prometheus,
  metrics,
  load,
];
