import type { Socket } from 'node:net';
import * as z from 'zod';
import { MeasurementError } from '../checklist/errors.ts';
import { DIMENSION, flag, type Measurement, milliseconds } from '../criteria/value.ts';
import { type Address, addressText } from './address.ts';
import { withConnection } from './connection.ts';
import { durationField, durationMs } from './duration.ts';
import { defineProbe } from './probe.ts';
import { infoMeasurements, namedMeasurements } from './redis-info.ts';
import { RedisError, RedisProtocolError, redisClient } from './redis-protocol.ts';

const DEFAULT_PORT = 6379;

const schema = () =>
  z.strictObject({
    url: z
      .string()
      .refine(
        (url) => partsOf(url) !== undefined,
        'Expected `redis://[user:password@]host[:port][/db]`, or `rediss://…` for TLS.',
      )
      .describe('`redis://[user:password@]host[:port][/db]`, or `rediss://…` for TLS.'),
    timeout: durationField('The longest it may take in all. Default: 5s.').optional(),
  });

type RedisSpec = z.infer<ReturnType<typeof schema>>;

export const redis = defineProbe<RedisSpec>({
  name: 'redis',
  summary: 'Pings a Redis or Valkey server and reads its INFO.',
  schema,
  documented: {
    ping: 'It answered PING with PONG (flag).',
    latency: 'Time from PING to PONG on the open connection (time).',
    version: 'The server’s version.',
    role: '`master` or `slave` (text).',
    connected_clients: 'How many clients are connected.',
    maxclients: 'How many may be, where INFO tells.',
    clients_used: 'The one divided by the other (ratio).',
    used_memory: 'Memory in use (bytes).',
    memory_used: 'Memory in use divided by `maxmemory`, where that is set (ratio).',
    'info.<field>': 'Any field of INFO: `info.uptime_in_seconds`, `info.db0.keys`, `info.slave0.lag`.',
  },
  example: 'redis: { url: "redis://cache.example.com:6379/0" }',
  defaultLimitMs: 30_000,
  title: (spec) => `Redis at ${addressText(partsOf(spec.url)?.address ?? { host: '', port: 0 })} answers`,
  provides: () => ({
    names: {
      ping: 'flag',
      latency: DIMENSION.time,
      version: 'version',
      role: 'text',
      connected_clients: DIMENSION.number,
      maxclients: DIMENSION.number,
      clients_used: DIMENSION.ratio,
      used_memory: DIMENSION.bytes,
      memory_used: DIMENSION.ratio,
    },
    open: ['info.'],
  }),
  async measure(spec, { secrets, signal, clock }) {
    const parts = partsOf(spec.url);
    if (!parts) throw new MeasurementError('bad_response', 'The URL of Redis cannot be read.');
    secrets.addUrl(spec.url);
    if (parts.password !== '') secrets.add(parts.password);
    const limits = { signal, timeoutMs: durationMs(spec.timeout ?? '5s') };
    const { address } = parts;
    const use = async (socket: Socket) => {
      const client = redisClient(socket);
      const ask = async (...words: readonly string[]) =>
        client.command(...words).catch((error: unknown) => refuse(error, address, words[0]));
      if (parts.password !== '') await ask('AUTH', ...(parts.user === '' ? [] : [parts.user]), parts.password);
      if (parts.database !== '') await ask('SELECT', parts.database);
      const startedAt = clock.now();
      const pong = await ask('PING');
      const latencyMs = clock.now() - startedAt;
      const info = infoMeasurements(String(await ask('INFO')));
      const measurements: Record<string, Measurement> = {
        ...info,
        ...namedMeasurements(info),
        ping: { value: flag(pong === 'PONG') },
        latency: { value: milliseconds(latencyMs) },
      };
      return { measurements };
    };
    const { connect, isIP } = await import('node:net');
    if (parts.secure) {
      const tls = await import('node:tls');
      // An address is no name to ask for (RFC 6066); the certificate is still checked against it.
      const name = isIP(address.host) === 0 ? { servername: address.host } : {};
      return withConnection(() => tls.connect({ ...address, ...name }), 'secureConnect', address, limits, use);
    }
    return withConnection(() => connect(address), 'connect', address, limits, use);
  },
});

interface RedisParts {
  readonly address: Address;
  readonly secure: boolean;
  readonly user: string;
  readonly password: string;
  /** Its number as a text; empty for the first. */
  readonly database: string;
}

function partsOf(url: string): RedisParts | undefined {
  if (!/^rediss?:\/\//.test(url) || !URL.canParse(url)) return undefined;
  const { protocol, hostname, port, username, password, pathname } = new URL(url);
  const database = pathname.replace(/^\//, '');
  if (hostname === '' || !/^\d*$/.test(database)) return undefined;
  try {
    return {
      address: { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? DEFAULT_PORT : Number(port) },
      secure: protocol === 'rediss:',
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
      database,
    };
  } catch {
    return undefined;
  }
}

/** What an error reply means for the one who reads the report. */
function refuse(cause: unknown, address: Address, asked = ''): never {
  const target = addressText(address);
  if (cause instanceof RedisProtocolError) {
    throw new MeasurementError('bad_response', `${target} does not speak Redis: ${cause.message}. Check host and port.`, {
      cause,
    });
  }
  if (!(cause instanceof RedisError)) throw cause;
  const said = `${target} answered ${asked} with: ${cause.message}`;
  switch (cause.code) {
    case 'NOAUTH':
      throw new MeasurementError('authentication_failed', `${said}. Give user and password in the URL.`, { cause });
    case 'WRONGPASS':
      throw new MeasurementError('authentication_failed', `${said}. Check user and password.`, { cause });
    case 'NOPERM':
    case 'DENIED':
      throw new MeasurementError('permission_denied', `${said}. Let this user run PING and INFO.`, { cause });
    case 'LOADING':
    case 'BUSY':
    case 'MASTERDOWN':
    case 'TRYAGAIN':
      throw new MeasurementError('bad_response', `${said}. Wait until it is ready.`, { cause, retryable: true });
    default:
      if (asked === 'AUTH') throw new MeasurementError('authentication_failed', `${said}. Check user and password.`, { cause });
      throw new MeasurementError('bad_response', `${said}.`, { cause });
  }
}
