/** Names whose values are not to be shown. Too much masked is a nuisance, too little a leak. */
const SECRET_NAME =
  /TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|(^|_)(PWD|AUTH|DSN)(_|$)|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIAL|DATABASE_URL/i;
/** The user and password of a URL: `postgres://user:password@host`. */
const USERINFO = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]*:([^/?#@\s]+)@/i;

/** `PWD` alone is the working directory of a shell. */
const isSecretName = (name: string): boolean => name !== 'PWD' && name !== 'OLDPWD' && SECRET_NAME.test(name);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What must be masked of a variable's value: nothing, all of it, or its URL's password too. */
export function secretsOf(name: string, value: string, declared: ReadonlySet<string>): readonly string[] {
  if (value === '') return [];
  const password = USERINFO.exec(value)?.[1];
  const found = new Set<string>();
  if (declared.has(name) || isSecretName(name) || password !== undefined) found.add(value);
  if (password !== undefined) {
    found.add(password);
    found.add(decoded(password));
  }
  return [...found];
}
