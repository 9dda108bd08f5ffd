import { afterEach, expect, test } from 'vitest';
import { http } from '../../src/tasks/http.ts';
import { deadUrl, httpServer, type RunningServer } from '../load/server.ts';
import { bound, problems, taskContext } from './carry-out.ts';

let server: RunningServer | undefined;
afterEach(() => server?.stop());

test('a URL alone is posted to', async () => {
  let method: string | undefined;
  server = await httpServer((request, response) => {
    method = request.method;
    response.end();
  });
  const done = await bound(http, server.url).perform(taskContext());
  expect(method).toBe('POST');
  expect(done.message).toMatch(/answered 200\.$/);
});

test('JSON arrives as JSON', async () => {
  const seen: string[] = [];
  server = await httpServer((request, response) => {
    request.on('data', (chunk) => seen.push(`${request.method} ${request.headers['content-type']} ${chunk}`));
    request.on('end', () => response.end());
  });
  await bound(http, { url: server.url, method: 'PUT', json: { enabled: false } }).perform(taskContext());
  expect(seen).toEqual(['PUT application/json {"enabled":false}']);
});

test('an answer of 400 or more is a failure, in the server’s words', async () => {
  server = await httpServer((_, response) => {
    response.statusCode = 422;
    response.end('no such flag');
  });
  const attempt = bound(http, server.url).perform(taskContext());
  await expect(attempt).rejects.toMatchObject({ reason: 'task_failed', message: expect.stringContaining('422: no such flag') });
});

test('a dead host is told apart from one that refuses', async () => {
  const attempt = bound(http, await deadUrl()).perform(taskContext());
  await expect(attempt).rejects.toMatchObject({ reason: 'connection_refused' });
});

test('the path of a webhook is shown nowhere', async () => {
  const task = bound(http, 'https://hooks.example.com/services/T000/B000/secret');
  expect(task.title + task.description).not.toContain('secret');
  expect(task.title).toContain('hooks.example.com');
});

test('only http and https are sent to', () => {
  expect(problems(http, 'file:///etc/passwd')).toContain('http://');
});
