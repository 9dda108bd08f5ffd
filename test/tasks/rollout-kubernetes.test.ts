import { afterEach, beforeEach, expect, test } from 'vitest';
import { kubernetesRollout, replicasFor } from '../../src/tasks/rollout-kubernetes.ts';
import { type FakeCluster, fakeCluster } from '../support/kubernetes/api-server.ts';
import { boundRollout, problems, type TestContext, taskContext } from './carry-out.ts';

let cluster: FakeCluster;
let context: TestContext;

beforeEach(async () => {
  cluster = await fakeCluster({ readyAfterMs: 40 });
  cluster.deployments.seed({ name: 'app', replicas: 10, images: ['app:1'] });
  cluster.deployments.seed({ name: 'app-canary', replicas: 0, images: ['app:2'] });
  context = taskContext(cluster.env);
});
afterEach(() => cluster.stop());

const rollout = () => boundRollout(kubernetesRollout, 'deployment/app');
const replicas = (name: string) =>
  /"replicas":(\d+)/.exec(JSON.stringify(cluster.deployments.get(`default/${name}`)?.['spec']))?.[1];
const both = () => [replicas('app'), replicas('app-canary')];

test('a weight is a share of the replicas, of which there are always as many', async () => {
  const done = await rollout().setWeight(0.1, context);
  expect(both()).toEqual(['9', '1']);
  expect(done.message).toBe('1 of 10 replicas are the canary’s (10 %).');
  await rollout().setWeight(0.5, context);
  expect(both()).toEqual(['5', '5']);
  await rollout().setWeight(1, context);
  expect(both()).toEqual(['0', '10']);
});

test('a weight that whole replicas cannot give is told as the one that they give', async () => {
  const done = await rollout().setWeight(0.25, context);
  expect(done.message).toContain('30 %');
  expect(done.message).toContain('25 %');
  expect(done.measurements?.['weight']?.value).toMatchObject({ amount: 0.3 });
});

test('an abort gives all replicas back to the stable deployment', async () => {
  await rollout().setWeight(0.5, context);
  const done = await rollout().abort(context);
  expect(both()).toEqual(['10', '0']);
  expect(done.message).toBe('No canary runs; 10 stable replicas are available.');
});

test('an abort at 100 % has something stable answering before the canary goes', async () => {
  await rollout().setWeight(1, context);
  const before = cluster.requests.length;
  await rollout().abort(context);
  expect(both()).toEqual(['10', '0']);
  const scaled = cluster.requests.slice(before).filter((request) => request.startsWith('PATCH') && request.endsWith('/scale'));
  expect(scaled.map((request) => request.split('/').at(-2))).toEqual(['app', 'app-canary']);
});

test('an abort in the middle of a shift knows how many replicas there were', async () => {
  cluster.deployments.stuck.add('default/app-canary');
  const limited = AbortSignal.timeout(900);
  await expect(rollout().setWeight(0.3, { ...context, signal: limited })).rejects.toThrow();
  expect(both()).toEqual(['10', '3']);
  cluster.deployments.stuck.clear();
  await rollout().abort(context);
  expect(both()).toEqual(['10', '0']);
});

test('an autoscaler that owns the replicas is found out', async () => {
  cluster.deployments.owned.set('default/app', 10);
  await expect(rollout().setWeight(0.5, context)).rejects.toMatchObject({ reason: 'tool_disagrees' });
});

test('a single replica cannot be shared', async () => {
  cluster.deployments.seed({ name: 'small', replicas: 1, images: ['s:1'] });
  cluster.deployments.seed({ name: 'small-canary', replicas: 0, images: ['s:2'] });
  const attempt = boundRollout(kubernetesRollout, 'deployment/small').setWeight(0.1, context);
  await expect(attempt).rejects.toMatchObject({ reason: 'unsupported' });
});

test('any weight above zero has a canary, and any below one has something stable', () => {
  expect(replicasFor(0, 10)).toEqual({ canary: 0, stable: 10 });
  expect(replicasFor(0.01, 10)).toEqual({ canary: 1, stable: 9 });
  expect(replicasFor(0.99, 10)).toEqual({ canary: 9, stable: 1 });
  expect(replicasFor(1, 10)).toEqual({ canary: 10, stable: 0 });
});

test('only a deployment can have a canary', () => {
  expect(problems(kubernetesRollout, 'statefulset/db')).toContain('Only a deployment');
});
