import * as z from 'zod';

export interface Address {
  readonly host: string;
  readonly port: number;
}

const ADDRESS = /^(?:\[([0-9a-fA-F:.%]+)\]|([^\s:/@[\]]+)):(\d{1,5})$/;

/** The fields by which a spec names a TCP address: `address: "db.example.com:5432"`, or `host:` and `port:`. */
export const addressFields = {
  address: () =>
    z
      .string()
      .refine((text) => parseAddress(text) !== undefined, 'Expected `host:port`, such as `db.example.com:5432` or `[::1]:5432`.')
      .describe('Host and port: `db.example.com:5432`.')
      .optional(),
  host: () => z.string().min(1).describe('The host, when there is no `address`.').optional(),
  port: () => z.int().min(1).max(65535).describe('The port, when there is no `address`.').optional(),
};

/** `host:port`, with IPv6 addresses in brackets; undefined for anything else. */
export function parseAddress(text: string): Address | undefined {
  const [, bracketed, plain, port] = ADDRESS.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) < 1 || Number(port) > 65535) return undefined;
  return { host, port: Number(port) };
}

export function addressText({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
