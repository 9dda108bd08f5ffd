import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MINIMAL_PLAN } from '../../src/plan/missing.ts';
import { validatePlan } from '../../src/plan/validate.ts';

const ROOT = join(import.meta.dirname, '../../examples');
const plans = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((file) => /(^|[/\\])holdpoint\.yml$/.test(file));

const ENVIRONMENT = {
  SERVICE_URL: 'http://127.0.0.1:8080',
  ROUTER_URL: 'http://127.0.0.1:8081',
  METRICS_URL: 'http://127.0.0.1:8080/metrics',
  PROMETHEUS_URL: 'http://127.0.0.1:9090',
  DATABASE_URL: 'postgresql://app@127.0.0.1/app',
  REDIS_URL: 'redis://127.0.0.1',
  TARGET_VERSION: 'v1',
  BACKEND_URL: 'http://127.0.0.1:8080',
  GRAFANA_URL: 'http://127.0.0.1:3000',
  TOKEN: 'none',
  ADMIN_TOKEN: 'none',
  PROFESSIONAL_ID: '7',
  RELEASE_SHA256: '0',
};

describe('The example', () => {
  test.each(plans)('%s is valid, with and without its variables', (file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    expect(validatePlan(text, file, {}).problems.map(({ message }) => message)).toEqual([]);
    const { problems, warnings, summary } = validatePlan(text, file, ENVIRONMENT, { strictEnv: true });
    expect(problems.map(({ message }) => message)).toEqual([]);
    expect(warnings).toEqual([]);
    expect(summary).toMatch(/^It has .*\.$/);
  });
});

test('the first plan that a newcomer is shown is valid', () => {
  expect(validatePlan(MINIMAL_PLAN, 'plan.yml', {})).toMatchObject({
    problems: [],
    warnings: [],
    summary: 'It has pre-deploy: 1 item, 2 criteria.',
  });
});
