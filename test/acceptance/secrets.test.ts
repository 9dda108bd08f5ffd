import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { httpServer, type Listening } from '../support/http-server.ts';
import { type GateRequest, type HeldGate, holdGate, type RunningGate, TOKEN } from './gate.ts';
import { commandLines } from './leftovers.ts';

const SECRET = 'hp+S3cr3t/with=odd&chars';
const PASSWORD = 'pa55-of-the-url';
/** As it is, and as it looks in a URL, in base64 and in JSON. */
const FORMS = [SECRET, encodeURIComponent(SECRET), Buffer.from(SECRET).toString('base64')];

let echo: Listening;
beforeAll(async () => {
  // Gives back whatever it was told.
  echo = await httpServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { headers, url } = request;
      response.setHeader('content-type', 'application/json');
      response.setHeader('x-echo', String(headers.authorization ?? ''));
      response.end(JSON.stringify({ headers, url, body: Buffer.concat(chunks).toString(), encoded: FORMS[2] }));
    });
  });
});
afterAll(() => echo.close());

/** Everything that a gate gives away while it runs: the arguments of all processes, and its state files. */
function spy() {
  const seen = new Set<string>();
  const watch = ({ folder }: RunningGate): void => {
    for (const line of commandLines()) seen.add(line);
    for (const job of readdirSync(folder).filter((name) => name.startsWith('holdpoint-job-'))) {
      try {
        const temp = join(folder, job, 'temp');
        for (const name of readdirSync(temp).filter((one) => one.endsWith('.json')))
          seen.add(readFileSync(join(temp, name), 'utf8'));
      } catch {
        // It was moved or taken away while we looked.
      }
    }
  };
  return { watch, seen };
}

/** Where a secret could have come to light, by the name of the place. */
function placesOf(gate: HeldGate, seen: ReadonlySet<string>): Readonly<Record<string, string>> {
  const { github, log, summary, report, html, outputs, annotations, steps } = gate;
  const withoutMasks = (text: string) => text.replaceAll(/^::add-mask::.*$/gm, '');
  return {
    'the log': log,
    // Nothing is left to the masks of the runner: other logs have none.
    'standard output': steps.map(({ stdout, stderr }) => withoutMasks(stdout + stderr)).join(''),
    'the check run': JSON.stringify(github.state.checkRuns),
    'the requests to GitHub': JSON.stringify(github.log),
    'the statuses': JSON.stringify(github.state.statuses),
    'the job summary': summary,
    'the annotations': JSON.stringify(annotations),
    'the JSON report': JSON.stringify(report),
    'the HTML report': html,
    'the outputs': JSON.stringify(outputs),
    'the arguments of processes, and state files': [...seen].join('\n'),
  };
}

async function expectHidden(request: GateRequest, secrets: readonly string[]): Promise<HeldGate> {
  const { watch, seen } = spy();
  const gate = await holdGate({ ...request, watch });
  if (process.platform === 'linux') expect([...seen].join()).toContain('dist/index.js action');
  for (const [place, text] of Object.entries(placesOf(gate, seen))) {
    for (const secret of secrets) expect(text.includes(secret), `${place} shows ${secret}`).toBe(false);
  }
  return gate;
}

describe('a secret', () => {
  test('in a header, a URL, a JSON body or an answer is shown nowhere', async () => {
    const plan = `version: 1
pre-deploy:
  - title: In a header
    http: { url: "${echo.url}/a", headers: { authorization: "Bearer \${API_TOKEN}" } }
    expect: [status == 201, body.headers.authorization == "other", header.x_echo == "other", body.encoded == "other"]
  - title: In the query of a URL
    http: { url: "${echo.url}/b?key=\${API_TOKEN}" }
    expect: [status == 201, body.url == "other"]
  - title: In the user's part of a URL
    http: { url: "http://shop:\${URL_PASSWORD}@${new URL(echo.url).host}/c" }
    expect: [status == 201, body.headers.authorization == "other"]
  - title: In a body
    http: { url: "${echo.url}/d", json: { token: "\${API_TOKEN}" } }
    expect: [status == 201, body.body == "other"]
`;
    const env = { API_TOKEN: SECRET, URL_PASSWORD: PASSWORD };
    const basic = Buffer.from(`shop:${PASSWORD}`).toString('base64');
    const gate = await expectHidden({ event: 'pull_request', plan, env }, [...FORMS, PASSWORD, basic]);
    expect(gate).toMatchObject({ exitCode: 1, outputs: { verdict: 'fail' } });
    expect(gate.report?.counts).toMatchObject({ total: 4, fail: 4 });
    expect(gate.checkRun?.output.summary).toContain('&#42;&#42;&#42;');
  });

  test('that a command prints is shown nowhere: plain, in base64 or as an error', async () => {
    const plan = `version: 1
pre-deploy:
  - title: By the plan
    command:
      run: 'echo "it is $INNER_TOKEN"; printf %s "$INNER_TOKEN" | base64; echo "$INNER_TOKEN" >&2; exit 3'
      env: { INNER_TOKEN: "\${API_TOKEN}" }
    expect: [exit_code == 0, stdout == "other", stderr == "other", output == "other"]
`;
    const gate = await expectHidden({ event: 'pull_request', plan, env: { API_TOKEN: SECRET } }, FORMS);
    expect(gate.outputs['verdict']).toBe('fail');
  });

  test('of the environment that no plan names is shown nowhere when a command prints it', async () => {
    const plan = `version: 1
pre-deploy:
  - title: Prints its environment
    command: { run: "env; exit 3" }
    expect: [exit_code == 0, stdout == "other"]
`;
    const gate = await expectHidden({ event: 'pull_request', plan, env: { DEPLOY_TOKEN: SECRET } }, [SECRET]);
    expect(gate.outputs['verdict']).toBe('fail');
  });

  test('that the plan lists under "secrets" is one whatever its name', async () => {
    const plan = `version: 1
secrets: [CUSTOMER, TENANT]
pre-deploy:
  - title: Prints it
    command: { run: 'echo "$WHO"', env: { WHO: "\${CUSTOMER}" } }
    expect: [output == "other"]
  - title: Reads it in the shell
    command: { run: 'echo "$TENANT"' }
    expect: [output == "other"]
`;
    await expectHidden({ plan, env: { CUSTOMER: SECRET, TENANT: PASSWORD } }, [...FORMS, PASSWORD]);
  });

  test('among the settings is compared, and shown nowhere', async () => {
    const plan = `version: 1
pre-deploy:
  - title: Settings
    settings: { env: [SMTP_PASSWORD, REDIS_URL] }
    expect: [SMTP_PASSWORD == "other", REDIS_URL == "other"]
`;
    const env = { SMTP_PASSWORD: SECRET, REDIS_URL: `redis://:${PASSWORD}@cache:6379/0` };
    const gate = await expectHidden({ plan, env }, [...FORMS, PASSWORD]);
    expect(gate.outputs['verdict']).toBe('fail');
  });

  test('that is a word of ours, as passwords of test databases are, does not change the verdict', async () => {
    const plan = `version: 1
pre-deploy:
  - { title: Holds, command: { run: "true" }, expect: exit_code == 0 }
`;
    const env = { POSTGRES_PASSWORD: 'pass', ADMIN_PASSWORD: 'command', CI_SECRET: 'criteria_met' };
    const gate = await holdGate({ event: 'pull_request', plan, env });
    expect(gate, gate.log).toMatchObject({ exitCode: 0, outputs: { verdict: 'pass', 'reason-code': 'criteria_met' } });
    expect(gate.checkRun?.conclusion).toBe('success');
  });

  test('of a rollback’s task is shown nowhere, also when the task fails and prints it', async () => {
    const plan = `version: 1
rollback:
  options:
    code:
      within: 3s
      tasks:
        - command: { run: 'echo "as $DEPLOY_TOKEN" >&2; exit 1', env: { DEPLOY_TOKEN: "\${API_TOKEN}" } }
  verify:
    - { command: { run: "true" }, expect: exit_code == 0 }
`;
    await expectHidden({ phase: 'rollback', plan, env: { API_TOKEN: SECRET } }, FORMS);
  });

  test('in a plan error is shown nowhere', async () => {
    const plan = `version: 1
pre-deploy:
  - title: Not a URL
    http: { url: "\${API_TOKEN}" }
    expect: [status == 200]
`;
    const gate = await expectHidden({ event: 'pull_request', plan, env: { API_TOKEN: SECRET } }, FORMS);
    expect(gate.exitCode).toBe(2);
  });
});

test('the job’s token is not handed to the programs that a plan starts, and is shown nowhere', async () => {
  const plan = `version: 1
pre-deploy:
  - { title: Prints its environment, command: { run: "env | sort; exit 3" }, expect: [exit_code == 0, stdout == "other"] }
`;
  const gate = await expectHidden({ event: 'pull_request', plan }, [TOKEN]);
  expect(gate.report?.items[0]?.measurements['stdout']).toMatchObject({ value: expect.not.stringContaining('INPUT_') });
});
