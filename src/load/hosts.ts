/**
 * The hosts among `targets` that the list does not allow. `*.example.com` stands for every host below it; an entry with a port allows
 * that port only.
 *
 * @param targets URLs, or hosts with or without a port.
 */
export function hostsOutside(targets: readonly string[], allowed: readonly string[]): readonly string[] {
  const hosts = new Set(targets.flatMap((target) => hostOf(target) ?? []));
  return [...hosts].filter((host) => !allowed.some((entry) => covers(entry.toLowerCase(), host)));
}

/** `example.com:8080`; undefined for what names no host. */
function hostOf(target: string): string | undefined {
  const url = /^[a-z][a-z\d+.-]*:\/\//i.test(target) ? target : `http://${target}`;
  if (!URL.canParse(url)) return undefined;
  const { hostname, port } = new URL(url);
  if (hostname === '') return undefined;
  return port === '' ? hostname : `${hostname}:${port}`;
}

function covers(entry: string, host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  const wanted = /:\d+$/.test(entry) && !/^\[?[\da-f:]+\]?$/.test(entry) ? host : name;
  if (entry.startsWith('*.')) return wanted.endsWith(entry.slice(1));
  return wanted === entry || wanted === `[${entry}]`;
}
