const SECRET_NAME =
  /(?:^|[._-])(?:pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|cookie|authorization|api_?key|private_?key|access_?key|signing_?key|encryption_?key|dsn)(?:$|[._-])/;

/** Whether a setting, variable or header of this name holds a secret, as far as names tell: `DB_PASSWORD`, `x-api-key`. */
export function namesSecret(name: string): boolean {
  // apiKey and dbPassword are names of the same kind.
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
  return SECRET_NAME.test(words.replaceAll('-', '_'));
}
