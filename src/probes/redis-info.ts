import { bytes, type Measurement, number, ratio, seconds, text, type Value, version } from '../criteria/value.ts';

/** Fields that count bytes but do not say so at the end of their name. */
const BYTES =
  /^(?:used_memory(?:_(?:rss|peak|overhead|startup|dataset|lua|vm_eval|scripts|scripts_eval|vm_functions|vm_total))?|maxmemory|total_system_memory|allocator_(?:allocated|active|resident)|mem_(?!fragmentation_ratio|not_counted).*|.*_bytes)$/;
/** Fields in seconds. The ages of the last save and the like are in milliseconds nowhere. */
const SECONDS = /(?:_seconds|_time_sec|_in_sec)$/;

/** The fields of `INFO` as measurements under `info.`: `info.used_memory`, `info.db0.keys`, `info.slave0.lag`. */
export function infoMeasurements(info: string): Record<string, Measurement> {
  const found: Record<string, Measurement> = {};
  for (const line of info.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0 || line.startsWith('#')) continue;
    const field = line.slice(0, colon);
    const content = line.slice(colon + 1);
    if (/^\w+=[^,]*(?:,\w+=[^,]*)*$/.test(content)) {
      for (const pair of content.split(',')) {
        const [name = '', part = ''] = pair.split('=', 2);
        found[`info.${field}.${name}`] = { value: fieldValue(name, part) };
      }
    } else {
      found[`info.${field}`] = { value: fieldValue(field, content) };
    }
  }
  return found;
}

/** The measurements that have a name of their own, made from the fields; one that the server does not tell is left out. */
export function namedMeasurements(info: Readonly<Record<string, Measurement>>): Record<string, Measurement> {
  const named: Record<string, Measurement> = {};
  const take = (name: string, field: string) => {
    const measurement = info[`info.${field}`];
    if (measurement) named[name] = measurement;
  };
  take('version', 'redis_version');
  // Valkey still tells the Redis version that it is compatible with.
  take('version', 'valkey_version');
  take('role', 'role');
  take('connected_clients', 'connected_clients');
  take('maxclients', 'maxclients');
  take('used_memory', 'used_memory');
  const share = (name: string, part: number | undefined, whole: number | undefined) => {
    // maxmemory 0 means no limit: there is no share of it.
    if (part !== undefined && whole !== undefined && whole > 0) named[name] = { value: ratio(part / whole) };
  };
  share('clients_used', amountOf(info['info.connected_clients']), amountOf(info['info.maxclients']));
  share('memory_used', amountOf(info['info.used_memory']), amountOf(info['info.maxmemory']));
  return named;
}

function amountOf(measurement: Measurement | undefined): number | undefined {
  return measurement?.value.kind === 'quantity' ? measurement.value.amount : undefined;
}

function fieldValue(field: string, content: string): Value {
  if (field === 'redis_version' || field === 'valkey_version') return version(content);
  if (/^-?\d+(?:\.\d+)?%$/.test(content)) return ratio(Number(content.slice(0, -1)) / 100);
  if (!/^-?\d+(?:\.\d+)?$/.test(content)) return text(content);
  const amount = Number(content);
  if (BYTES.test(field)) return bytes(amount);
  return SECONDS.test(field) ? seconds(amount) : number(amount);
}
