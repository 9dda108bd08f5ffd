import { afterEach, beforeEach, expect, test } from 'vitest';
import { ratio } from '../../src/criteria/value.ts';
import { prepareCanary } from '../../src/phases/canary.ts';
import type { CanaryPlan } from '../../src/plan/plan.ts';
import { kubernetesRollout } from '../../src/tasks/rollout-kubernetes.ts';
import { type FakeCluster, fakeCluster } from '../support/kubernetes/api-server.ts';
import { testPorts } from '../support/ports.ts';
import { boundRollout } from '../tasks/carry-out.ts';
import { carryOut, criteria, phaseContext, policy, position, probeOf } from './carry-out.ts';

let cluster: FakeCluster;

beforeEach(async () => {
  cluster = await fakeCluster({ readyAfterMs: 50 });
  cluster.deployments.seed({ name: 'app', replicas: 4, images: ['app:1'] });
  cluster.deployments.seed({ name: 'app-canary', replicas: 0, images: ['app:2'] });
});
afterEach(() => cluster.stop());

const replicas = (name: string) => {
  const spec = JSON.stringify(cluster.deployments.get(`default/${name}`)?.['spec']);
  return Number(/"replicas":(\d+)/.exec(spec)?.[1]);
};

function canary(errorRate: () => number, signal: AbortSignal) {
  const section: CanaryPlan = {
    rollout: boundRollout(kubernetesRollout, 'deployment/app'),
    metrics: [probeOf(() => ({ error_rate: { value: ratio(errorRate()) } }))],
    control: [],
    steps: [
      { weight: 0.25, holdMs: 300, position },
      { weight: 0.5, holdMs: 60_000, position },
    ],
    everyMs: 100,
    criteria: [...criteria('expect', 'error_rate < 1%'), ...criteria('abort', 'error_rate > 10%')],
    policy,
    position,
  };
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...cluster.env };
  const context = phaseContext({ ...testPorts({ env }), signal });
  return carryOut('canary', prepareCanary(section, context), context);
}

test('a canary that goes bad at 50 % is taken out of the real deployment', async () => {
  const { lines, checklist } = await canary(() => (replicas('app-canary') === 2 ? 0.2 : 0.001), new AbortController().signal);
  expect(checklist.verdict).toBe('fail');
  expect(lines).toContainEqual(expect.stringMatching(/^Hold 50 % .*: fail canary_aborted$/));
  expect(lines.at(-1)).toBe('Take traffic from the canary: pass');
  expect([replicas('app'), replicas('app-canary')]).toEqual([4, 0]);
});

test('a cancelled canary has lost its traffic before the runner kills the process', async () => {
  const controller = new AbortController();
  let cancelledAt = 0;
  const run = await canary(() => {
    if (replicas('app-canary') === 2 && cancelledAt === 0) {
      cancelledAt = performance.now();
      controller.abort(new Error('cancelled'));
    }
    return 0.001;
  }, controller.signal);
  expect(performance.now() - cancelledAt).toBeLessThan(5000);
  expect([replicas('app'), replicas('app-canary')]).toEqual([4, 0]);
  expect(run.checklist.reason).toBe('cancelled');
  expect(run.item('Take traffic from the canary').state).toBe('pass');
});
