import fc from 'fast-check';
import { expect, test } from 'vitest';
import { secretSet } from '../../src/runner/secrets.ts';

function masking(...values: string[]) {
  const secrets = secretSet();
  for (const value of values) secrets.add(value);
  return secrets.mask;
}

test('a secret is masked wherever it stands', () => {
  expect(masking('s3cret!')('a s3cret! and s3cret!s3cret!')).toBe('a *** and ******');
});

test('a secret is masked URL-encoded, in base64 and inside JSON too', () => {
  const value = 'pä"ss/wörd+1';
  const mask = masking(value);
  expect(mask(`x=${encodeURIComponent(value)}`)).toBe('x=***');
  expect(mask(Buffer.from(value).toString('base64'))).toBe('***');
  expect(mask(JSON.stringify({ password: value }))).toBe('{"password":"***"}');
});

test('of two secrets the longer one is masked whole, whichever was added first', () => {
  expect(masking('token', 'token-and-more')('token-and-more token')).toBe('*** ***');
});

test('a secret of several lines is masked line by line', () => {
  const mask = masking('-----BEGIN KEY-----\r\nabcdef\nghijkl\n');
  expect(mask('found ghijkl in abcdef')).toBe('found *** in ***');
});

test('values too short or too plain to hide are left alone', () => {
  const mask = masking('abc', 'true', 'False', '5432', '', '   ');
  expect(mask('abc true False 5432')).toBe('abc true False 5432');
});

test.each([
  ['postgres://app:hunter22@db.example.com:5432/app', 'hunter22'],
  ['postgres://app:hunter%2F22@db/app', 'hunter/22'],
  ['postgres://app:hunter%2F22@db/app', 'hunter%2F22'],
  ['postgres://app:h@nter22@db/app', 'h@nter22'],
  ['postgres://app:hunt/er22@db/app', 'hunt/er22'],
  ['postgres://app:hunter22@one:5432,two:5433/app', 'hunter22'],
  ['postgres://db/app?user=app&password=hunter22', 'hunter22'],
  ["host=db password='hunter 22' user=app", 'hunter 22'],
  ['redis://:hunter22@cache', 'hunter22'],
  ['https://ghp_0123456789@github.com/acme/app', 'ghp_0123456789'],
])('the password of %s is a secret', (url, password) => {
  const secrets = secretSet();
  secrets.addUrl(url);
  expect(secrets.mask(`[${password}]`)).toBe('[***]');
});

test('a database’s user name is no secret', () => {
  const secrets = secretSet();
  secrets.addUrl('postgres://postgres@db/app');
  expect(secrets.mask('postgres')).toBe('postgres');
});

test('each new value is announced once, for the runner’s own mask', () => {
  const announced: string[] = [];
  const secrets = secretSet((value) => announced.push(value));
  secrets.add('hunter22');
  secrets.add('hunter22');
  expect(announced).toEqual(['hunter22']);
});

test('no secret of four or more characters survives, whatever it is made of', () => {
  const secret = fc.string({ minLength: 4, unit: 'binary' }).filter((text) => text.trim() === text && !/[\r\n]/.test(text));
  fc.assert(
    fc.property(secret, fc.string(), (value, around) => {
      fc.pre(!/^(?:true|false|null|none|\d{1,5})$/i.test(value) && value.length >= 4 && !'***'.includes(value));
      expect(masking(value)(around + value).endsWith(value)).toBe(false);
    }),
  );
});
