import { resolve } from 'node:path';
import type { PeerCertificate } from 'node:tls';
import * as z from 'zod';
import { MeasurementError } from '../checklist/errors.ts';
import { DIMENSION, flag, type Measurement, milliseconds, number, text } from '../criteria/value.ts';
import { type Address, addressFields, addressText, parseAddress } from './address.ts';
import { withConnection } from './connection.ts';
import { durationField, durationMs } from './duration.ts';
import { readSource } from './file-text.ts';
import { defineProbe } from './probe.ts';

const DAY = 86_400_000;
const DEFAULT_PORT = 443;

const schema = () =>
  z
    .strictObject({
      address: addressFields.address(),
      host: addressFields.host(),
      port: z.int().min(1).max(65535).describe('The port, when there is no `address`. Default: 443.').optional(),
      servername: z.string().min(1).describe('The name that the certificate must be for. Default: the host.').optional(),
      ca: z.string().min(1).describe('A PEM file with the certificates to trust, in place of the public authorities.').optional(),
      timeout: durationField('The longest that the handshake may take. Default: 10s.').optional(),
    })
    .refine((spec) => (spec.address === undefined) !== (spec.host === undefined), 'Give `address: host:port`, or `host`.');

type TlsSpec = z.infer<ReturnType<typeof schema>>;

export const tls = defineProbe<TlsSpec>({
  name: 'tls',
  summary: 'Makes a TLS handshake and measures the certificate, also one that is not to be trusted.',
  schema,
  documented: {
    valid: 'The chain leads to a trusted authority, the name fits, and it is within its dates (flag).',
    error: 'Why it is not valid; empty when it is (text).',
    days_left: 'Whole days until it expires; negative once it has.',
    expires_in: 'Time until it expires (time).',
    issuer: 'Common name, or else organisation, of who issued it (text).',
    subject: 'Common name, or else first alternative name, of what it was issued for (text).',
    names: 'All alternative names, joined by spaces (text).',
    self_signed: 'It was issued by itself (flag).',
    protocol: 'The protocol agreed on: `TLSv1.3` (text).',
    fingerprint: 'SHA-256 fingerprint, as colon-separated hex (text).',
    latency: 'Time from the start of the connection to the end of the handshake (time).',
  },
  example: 'tls: { host: api.example.com }',
  defaultLimitMs: 30_000,
  title: (spec) => `Certificate of ${spec.servername ?? addressText(addressOf(spec))}`,
  provides: () => ({
    names: {
      valid: 'flag',
      error: 'text',
      days_left: DIMENSION.number,
      expires_in: DIMENSION.time,
      issuer: 'text',
      subject: 'text',
      names: 'text',
      self_signed: 'flag',
      protocol: 'text',
      fingerprint: 'text',
      latency: DIMENSION.time,
    },
  }),
  async measure(spec, { clock, signal, directory }) {
    const [{ connect }, { isIP }] = await Promise.all([import('node:tls'), import('node:net')]);
    const address = addressOf(spec);
    const ca = spec.ca === undefined ? undefined : await readSource(resolve(directory, spec.ca), spec.ca);
    const servername = spec.servername ?? address.host;
    const options = {
      ...address,
      // An address is no name to ask for (RFC 6066); the certificate is still checked against it.
      ...(isIP(servername) === 0 ? { servername } : {}),
      ...(ca === undefined ? {} : { ca }),
      // A certificate that is not to be trusted is to be measured too; `authorized` tells.
      rejectUnauthorized: false,
      minVersion: 'TLSv1',
    } as const;
    const startedAt = clock.now();
    const limits = { signal, timeoutMs: durationMs(spec.timeout ?? '10s') };
    return withConnection(
      () => connect(options),
      'secureConnect',
      address,
      limits,
      (socket) => {
        const latencyMs = clock.now() - startedAt;
        const certificate = socket.getPeerCertificate();
        const left = Date.parse(certificate.valid_to) - clock.now();
        if (!Number.isFinite(left)) throw new MeasurementError('bad_response', `${addressText(address)} showed no certificate.`);
        const measurements: Record<string, Measurement> = {
          valid: { value: flag(socket.authorized) },
          error: { value: text(socket.authorized ? '' : String(socket.authorizationError)) },
          days_left: { value: number(Math.floor(left / DAY)), note: `valid until ${new Date(clock.now() + left).toISOString()}` },
          expires_in: { value: milliseconds(left) },
          issuer: { value: text(nameOf(certificate.issuer)) },
          subject: { value: text(nameOf(certificate.subject) || (namesOf(certificate)[0] ?? '')) },
          names: { value: text(namesOf(certificate).join(' ')) },
          self_signed: { value: flag(JSON.stringify(certificate.issuer) === JSON.stringify(certificate.subject)) },
          protocol: { value: text(socket.getProtocol() ?? '') },
          fingerprint: { value: text(certificate.fingerprint256) },
          latency: { value: milliseconds(latencyMs) },
        };
        return { measurements };
      },
    );
  },
});

function addressOf({ address, host = '', port = DEFAULT_PORT }: TlsSpec): Address {
  return (address === undefined ? undefined : parseAddress(address)) ?? { host, port };
}

/** Common name, or else organisation. A certificate may have several of each. */
function nameOf(name: PeerCertificate['subject'] | undefined): string {
  return [name?.CN ?? name?.O ?? ''].flat().join(' ');
}

/** `DNS:a.example.com, IP Address:127.0.0.1` without the kinds. */
function namesOf({ subjectaltname = '' }: PeerCertificate): string[] {
  return subjectaltname
    .split(', ')
    .map((name) => name.replace(/^[^:]*:/, ''))
    .filter((name) => name !== '');
}
