import { afterEach, beforeEach, expect, test } from 'vitest';
import { kubernetes } from '../../src/tasks/kubernetes.ts';
import type { TaskContext } from '../../src/tasks/task.ts';
import { type FakeCluster, fakeCluster, kubectlEnvironment } from '../support/kubernetes/api-server.ts';
import { bound, problems, type TestContext, taskContext } from './carry-out.ts';

let cluster: FakeCluster;
let context: TestContext;

beforeEach(async () => {
  cluster = await fakeCluster({ readyAfterMs: 60 });
  cluster.deployments.seed({ name: 'app', replicas: 3, images: ['app:1', 'app:2', 'app:3'] });
  context = taskContext(cluster.env);
});
afterEach(() => cluster.stop());

const imageNow = () => JSON.stringify(cluster.deployments.get('default/app')?.['spec']).match(/"image":"([^"]+)"/)?.[1];

test('an undo runs the revision before again, and proves it by the object', async () => {
  const done = await bound(kubernetes, 'undo deployment/app').perform(context);
  expect(imageNow()).toBe('app:2');
  expect(done.message).toContain('revision 2');
  expect(done.message).toContain('app:2');
  expect(done.message).toContain('3 of 3 replicas available');
});

test('an undo goes to the revision that was asked for', async () => {
  await bound(kubernetes, { undo: 'deployment/app', 'to-revision': 1 }).perform(context);
  expect(imageNow()).toBe('app:1');
});

test('two undos in a row go there and back, as kubectl has it', async () => {
  await bound(kubernetes, 'undo deployment/app').perform(context);
  await bound(kubernetes, 'undo deployment/app').perform(context);
  expect(imageNow()).toBe('app:3');
});

test('a deployment that has no earlier revision cannot be undone', async () => {
  cluster.deployments.seed({ name: 'young', replicas: 1, images: ['young:1'] });
  await expect(bound(kubernetes, 'undo deployment/young').perform(context)).rejects.toMatchObject({ reason: 'not_found' });
  await expect(bound(kubernetes, { undo: 'deployment/app', 'to-revision': 9 }).perform(context)).rejects.toThrow('revision 9');
});

test('a restart is done when new pods carry its time', async () => {
  const done = await bound(kubernetes, 'restart deployment/app').perform(context);
  expect(done.message).toContain('was restarted at');
  expect(imageNow()).toBe('app:3');
});

test('a deployment is scaled, and reports what is available', async () => {
  const done = await bound(kubernetes, 'scale deployment/app 5').perform(context);
  expect(done.message).toContain('5 of 5 replicas available');
});

test('an autoscaler that takes the replicas back is found out', async () => {
  cluster.deployments.owned.set('default/app', 3);
  await expect(bound(kubernetes, 'scale deployment/app 5').perform(context)).rejects.toMatchObject({ reason: 'tool_disagrees' });
});

test('environment variables are set without their values in an argument list', async () => {
  const args: string[] = [];
  const spying = taskContext(cluster.env);
  const { exec } = spying;
  const watched: TaskContext = {
    ...spying,
    exec: (request) => {
      args.push(...request.args);
      return exec(request);
    },
  };
  const done = await bound(kubernetes, 'set-env deployment/app APP_DB_POOL_MIN_SIZE=20 TOKEN=s3cret').perform(watched);
  expect(done.message).not.toContain('s3cret');
  expect(args.join(' ')).not.toContain('s3cret');
  expect(JSON.stringify(cluster.deployments.get('default/app'))).toContain('"value":"s3cret"');
});

test('a rollout that does not become ready is told as such', async () => {
  cluster.deployments.stuck.add('default/app');
  const task = bound(kubernetes, 'undo deployment/app');
  const limited = AbortSignal.timeout(1500);
  await expect(task.perform({ ...context, signal: limited })).rejects.toThrow('timeout');
  expect(context.told.join('\n')).toContain('Waiting for deployment');
});

test('what the API server refuses keeps its reason', async () => {
  const task = bound(kubernetes, 'restart deployment/app');
  cluster.faults.push({ method: 'PATCH', path: '/deployments/app', status: 403 });
  await expect(task.perform(context)).rejects.toMatchObject({ reason: 'permission_denied' });
  cluster.faults.push({ method: 'GET', path: '/deployments/app', status: 401 });
  await expect(task.perform(context)).rejects.toMatchObject({ reason: 'authentication_failed' });
  await expect(bound(kubernetes, 'restart deployment/nobody').perform(context)).rejects.toMatchObject({ reason: 'not_found' });
});

test('a cluster that is not there is an error that may pass', async () => {
  const env = kubectlEnvironment('http://127.0.0.1:9');
  const attempt = bound(kubernetes, 'undo deployment/app').perform(taskContext(env));
  await expect(attempt).rejects.toMatchObject({ reason: 'connection_refused', retryable: true });
});

test('a machine without kubectl is told apart from a cluster that refuses', async () => {
  const attempt = bound(kubernetes, 'undo deployment/app').perform(taskContext({ ...cluster.env, PATH: '/nowhere' }));
  await expect(attempt).rejects.toMatchObject({ reason: 'tool_missing' });
});

test('the namespace of the plan is the one that is changed', async () => {
  cluster.deployments.seed({ namespace: 'production', name: 'app', replicas: 1, images: ['a:1', 'a:2'] });
  await bound(kubernetes, 'undo deployment/app -n production').perform(context);
  expect(imageNow()).toBe('app:3');
  expect(cluster.requests.some((request) => request.startsWith('PATCH') && request.includes('/production/'))).toBe(true);
});

test('a spec that is not understood says what would be', () => {
  expect(problems(kubernetes, 'explode deployment/app')).toContain('undo deployment/x');
  expect(problems(kubernetes, 'undo pod/app')).toContain('deployment/my-app');
  expect(problems(kubernetes, 'undo deployment/--kubeconfig=x')).toContain('deployment/my-app');
  expect(problems(kubernetes, { scale: 'deployment/app' })).toContain('needs `replicas`');
  expect(problems(kubernetes, { undo: 'deployment/app', replicas: 3 })).toContain('goes with `scale`');
});

test('a dry run says what would be done, without values', () => {
  expect(bound(kubernetes, 'undo deployment/app -n production').description).toBe('Would undo deployment/app in production.');
  expect(bound(kubernetes, 'set-env deployment/app TOKEN=s3cret').description).toBe('Would set TOKEN of deployment/app.');
});
