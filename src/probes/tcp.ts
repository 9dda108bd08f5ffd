import * as z from 'zod';
import { DIMENSION, flag, milliseconds } from '../criteria/value.ts';
import { type Address, addressFields, addressText, parseAddress } from './address.ts';
import { withConnection } from './connection.ts';
import { durationField, durationMs } from './duration.ts';
import { defineProbe } from './probe.ts';

const schema = () =>
  z
    .strictObject({
      address: addressFields.address(),
      host: addressFields.host(),
      port: addressFields.port(),
      timeout: durationField('The longest that connecting may take. Default: 5s.').optional(),
    })
    .refine(
      (spec) => (spec.address === undefined) !== (spec.host === undefined),
      'Give `address: host:port`, or `host` and `port`.',
    )
    .refine((spec) => (spec.host === undefined) === (spec.port === undefined), 'Give `host` and `port` together.');

type TcpSpec = z.infer<ReturnType<typeof schema>>;

export const tcp = defineProbe<TcpSpec>({
  name: 'tcp',
  summary: 'Opens a TCP connection and closes it. One that is refused or times out makes the item an error, with the cause.',
  schema,
  documented: {
    open: 'true: the connection was accepted.',
    latency: 'Time until it was, name resolution included (time).',
  },
  example: 'tcp: { address: "db.example.com:5432", timeout: 2s }',
  defaultLimitMs: 30_000,
  title: (spec) => `${addressText(addressOf(spec))} accepts connections`,
  provides: () => ({ names: { open: 'flag', latency: DIMENSION.time } }),
  async measure(spec, { clock, signal }) {
    const { connect } = await import('node:net');
    const address = addressOf(spec);
    const startedAt = clock.now();
    const limits = { signal, timeoutMs: durationMs(spec.timeout ?? '5s') };
    const latencyMs = await withConnection(
      () => connect(address),
      'connect',
      address,
      limits,
      () => clock.now() - startedAt,
    );
    return { measurements: { open: { value: flag(true) }, latency: { value: milliseconds(latencyMs) } } };
  },
});

function addressOf({ address, host = '', port = 0 }: TcpSpec): Address {
  return (address === undefined ? undefined : parseAddress(address)) ?? { host, port };
}
