import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './ports.ts';

export interface Authority {
  /** Path of its own certificate, to be trusted. */
  readonly file: string;
  /** A key and certificate for these names (`DNS:localhost,IP:127.0.0.1`), valid from and to so many days from now. */
  issue(names: string, days: { readonly from: number; readonly to: number }): { readonly key: string; readonly cert: string };
}

/** A certificate authority that exists for one test run, made with the openssl program. */
export function certificateAuthority(name = 'Test Authority'): Authority {
  const folder = temporaryFolder();
  const path = (file: string) => join(folder, file);
  const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '30', '-subj', `/CN=${name}`);
  // `openssl ca` is the one that lets both dates be set; it keeps its books in files.
  writeFileSync(
    path('ca.cnf'),
    [
      '[ca]\ndefault_ca = books\n[books]\ndatabase = index.txt\nserial = serial\nnew_certs_dir = .\ndefault_md = sha256',
      'policy = anything\nunique_subject = no\ncopy_extensions = copy\n[anything]\ncommonName = supplied\n',
    ].join('\n'),
  );
  writeFileSync(path('index.txt'), '');
  writeFileSync(path('serial'), '01\n');
  let issued = 0;
  return {
    file: path('ca.pem'),
    issue(names, days) {
      issued += 1;
      const key = `server${issued}.key`;
      const request = `server${issued}.csr`;
      const cert = `server${issued}.pem`;
      const alternative = ['-addext', `subjectAltName=${names}`];
      openssl('req', '-new', ...newKey, '-keyout', key, '-out', request, '-subj', '/CN=server.test', ...alternative);
      const dates = ['-startdate', asn1Time(days.from), '-enddate', asn1Time(days.to)];
      openssl(
        'ca',
        '-batch',
        '-config',
        'ca.cnf',
        '-cert',
        'ca.pem',
        '-keyfile',
        'ca.key',
        ...dates,
        '-in',
        request,
        '-out',
        cert,
        '-notext',
      );
      return { key: readFileSync(path(key), 'utf8'), cert: readFileSync(path(cert), 'utf8') };
    },
  };
}

/** `20260131120000Z`, so many days from now. */
function asn1Time(days: number): string {
  const moment = new Date(Date.now() + days * 86_400_000).toISOString();
  return `${moment.slice(0, 19).replace(/[-:T]/g, '')}Z`;
}
