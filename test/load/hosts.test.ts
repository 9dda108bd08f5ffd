import { expect, test } from 'vitest';
import { hostsOutside } from '../../src/load/hosts.ts';

test.each([
  ['https://staging.example.com/plans?x=1', ['staging.example.com'], []],
  ['https://STAGING.example.com', ['Staging.Example.com'], []],
  ['https://staging.example.com.evil.test/', ['staging.example.com'], ['staging.example.com.evil.test']],
  ['https://staging.example.com@evil.test/', ['staging.example.com'], ['evil.test']],
  ['https://api.test.example.com/', ['*.test.example.com'], []],
  ['https://eviltest.example.com/', ['*.test.example.com'], ['eviltest.example.com']],
  ['https://test.example.com/', ['*.test.example.com'], ['test.example.com']],
  ['http://127.0.0.1:8080/', ['127.0.0.1'], []],
  ['http://127.0.0.1:8080/', ['127.0.0.1:9090'], ['127.0.0.1:8080']],
  ['http://[::1]:8080/', ['::1'], []],
  ['staging.example.com:8443', ['staging.example.com'], []],
])('%s with %j leaves %j', (target, allowed, outside) => {
  expect(hostsOutside([target], allowed)).toEqual(outside);
});
