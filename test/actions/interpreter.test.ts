import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type ActionRequest, runAction } from '../support/composite/run-action.ts';

const root = mkdtempSync(path.join(tmpdir(), 'holdpoint-interpreter-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let count = 0;
/** Writes an action into a folder of its own and runs it. */
function run(manifest: string, request: Partial<ActionRequest> & { readonly files?: Record<string, string> } = {}) {
  const actionPath = path.join(root, `action-${++count}`);
  mkdirSync(actionPath);
  writeFileSync(path.join(actionPath, 'action.yml'), manifest);
  for (const [name, content] of Object.entries(request.files ?? {})) writeFileSync(path.join(actionPath, name), content);
  return runAction({ actionPath, workspace: root, ...request });
}

/** A composite with these steps, each as YAML. */
const composite = (steps: string, more = '') =>
  `name: Fixture\ndescription: For a test\n${more}\nruns:\n  using: composite\n  steps:\n${steps.replace(/^/gm, '    ')}\n`;

describe('a composite action', () => {
  test('gets its inputs by env alone, with defaults from the github context', async () => {
    const result = await run(
      composite(
        `- shell: bash
  env: { TOKEN: "\${{ inputs.token }}", WHO: "\${{ inputs.who }}" }
  run: echo "$WHO $TOKEN \${INPUT_WHO:-none}"`,
        'inputs:\n  who: { default: nobody }\n  token: { default: "${{ github.repository }}" }',
      ),
      { with: { who: 'me' } },
    );
    expect(result.steps[0]?.stdout).toBe('me octo-org/service none\n');
  });

  test('reads outputs of one line and of several, and maps them', async () => {
    const result = await run(
      composite(
        `- id: a
  shell: bash
  run: |
    echo "one=1" >> "$GITHUB_OUTPUT"
    printf 'many<<EOF\\nx=1\\ny<<2\\nEOF\\n' >> "$GITHUB_OUTPUT"`,
        'outputs:\n  one: { value: "${{ steps.a.outputs.one }}" }\n  many: { value: "${{ steps.a.outputs.many }}" }\n  none: { value: "${{ steps.b.outputs.x }}" }',
      ),
    );
    expect(result.outputs).toEqual({ one: '1', many: 'x=1\ny<<2', none: '' });
  });

  test('an output file that cannot be read fails the step', async () => {
    const result = await run(composite(`- shell: bash\n  run: printf 'a<<EOF\\nb\\n' >> "$GITHUB_OUTPUT"`));
    expect(result.conclusion).toBe('failure');
    expect(result.log).toContain('Matching delimiter not found');
  });

  test('environment and path of one step reach the next', async () => {
    const result = await run(
      composite(`- shell: bash
  run: |
    echo "COLOUR=blue" >> "$GITHUB_ENV"
    echo "${root}/tools" >> "$GITHUB_PATH"
- shell: bash
  run: echo "$COLOUR $PATH"`),
    );
    expect(result.steps[1]?.stdout).toMatch(new RegExp(`^blue ${root}/tools[:;]`));
  });

  test('both steps of one use see the same GITHUB_ACTION and GITHUB_ACTION_PATH', async () => {
    const step = '- shell: bash\n  run: echo "$GITHUB_ACTION $GITHUB_ACTION_PATH"';
    const result = await run(composite(`${step}\n${step}`));
    expect(result.steps[0]?.stdout).toBe(result.steps[1]?.stdout);
  });

  test('the shell stops at the first command that fails, also inside a pipe', async () => {
    const result = await run(composite('- shell: bash\n  run: |\n    false | true\n    echo on'));
    expect(result).toMatchObject({ conclusion: 'failure', exitCode: 1 });
    expect(result.steps[0]?.stdout).toBe('');
  });

  test('after a failure only steps that ask for it run, outputs are still given, and the exit code is that of the failure', async () => {
    const result = await run(
      composite(
        `- id: gate
  shell: bash
  run: |
    echo "verdict=fail" >> "$GITHUB_OUTPUT"
    exit 7
- { id: plain, shell: bash, run: "true" }
- { id: always, if: always(), shell: bash, run: "true" }
- { id: failure, if: "\${{ failure() && steps.gate.outcome == 'failure' }}", shell: bash, run: "true" }
- { id: empty, if: "always() && steps.gate.outputs.state != ''", shell: bash, run: "true" }`,
        'outputs:\n  verdict: { value: "${{ steps.gate.outputs.verdict }}" }',
      ),
    );
    expect(result).toMatchObject({ conclusion: 'failure', exitCode: 7, outputs: { verdict: 'fail' } });
    expect(result.steps.map((step) => step.conclusion)).toEqual(['failure', 'skipped', 'success', 'success', 'skipped']);
  });

  test('masks in the log what was masked, in annotations and summary too', async () => {
    const result = await run(
      composite(`- name: Masks
  shell: bash
  run: |
    echo "::add-mask::s3cret"
    echo "before s3cret given"
    echo "::error title=T,file=a.yml,line=3::50%25 of s3cret"
    echo "s3cret" >> "$GITHUB_STEP_SUMMARY"`),
      { secrets: ['given'] },
    );
    expect(result.log).toContain('before *** ***');
    expect(result.log).not.toContain('s3cret');
    expect(result.annotations).toEqual([
      { level: 'error', message: '50% of ***', properties: { title: 'T', file: 'a.yml', line: '3' } },
    ]);
    expect(result.summary).toBe('***\n');
  });

  test('commands are plain text while they are stopped', async () => {
    const result = await run(
      composite(`- shell: bash
  run: |
    echo "::stop-commands::halt"
    echo "::error::not one"
    echo "::halt::"
    echo "::warning::one"`),
    );
    expect(result.annotations.map(({ message }) => message)).toEqual(['one']);
  });

  test('a summary over 1 MiB is dropped, and the step does not fail', async () => {
    const result = await run(composite(`- shell: bash\n  run: head -c 1048577 /dev/zero | tr '\\0' x > "$GITHUB_STEP_SUMMARY"`));
    expect(result).toMatchObject({ conclusion: 'success', summary: '' });
    expect(result.annotations[0]?.message).toContain('summary'.toUpperCase());
  });

  test('the event is in its file and in the context', async () => {
    const result = await run(
      composite(
        '- shell: bash\n  env: { N: "${{ github.event.pull_request.number }}" }\n  run: echo "$N $(cat "$GITHUB_EVENT_PATH")"',
      ),
      { event: { pull_request: { number: 12 } } },
    );
    expect(result.steps[0]?.stdout).toBe('12 {"pull_request":{"number":12}}\n');
  });

  test('a step that calls another action is refused', async () => {
    await expect(run(composite('- uses: actions/checkout@v1'))).rejects.toThrow();
  });
});

describe('cancelling a job', () => {
  const grace = { interrupt: 400, terminate: 400 };

  test.skipIf(process.platform === 'win32')(
    'interrupts the entry process alone, and still runs the steps that always run',
    async () => {
      const script = `process.on('SIGINT', () => { console.log('interrupted'); process.exit(130); }); console.log('up'); setTimeout(() => {}, 60000);`;
      const controller = new AbortController();
      const result = await run(
        composite(`- { id: gate, shell: bash, run: 'exec node "$GITHUB_ACTION_PATH/wait.js"' }
- { id: plain, shell: bash, run: "true" }
- { id: close, if: always(), shell: bash, run: "echo closed" }`),
        { files: { 'wait.js': script }, signal: controller.signal, onLine: (line) => line === 'up' && controller.abort() },
      );
      expect(result).toMatchObject({ conclusion: 'cancelled', exitCode: 130 });
      expect(result.steps.map((step) => [step.conclusion, step.stdout])).toEqual([
        ['cancelled', 'up\ninterrupted\n'],
        ['skipped', ''],
        ['success', 'closed\n'],
      ]);
    },
  );

  test.skipIf(process.platform === 'win32')('a shell that did not hand over to node keeps the signal to itself', async () => {
    const script = `process.on('SIGINT', () => { console.log('interrupted'); process.exit(130); }); console.log('up'); setTimeout(() => {}, 60000);`;
    const controller = new AbortController();
    const result = await run(composite(`- { shell: bash, run: 'node "$GITHUB_ACTION_PATH/wait.js"; true' }`), {
      files: { 'wait.js': script },
      signal: controller.signal,
      grace,
      onLine: (line) => line === 'up' && controller.abort(),
    });
    expect(result.conclusion).toBe('cancelled');
    expect(result.steps[0]?.stdout).toBe('up\n');
  });

  test.skipIf(process.platform !== 'linux')('kills what ignores both signals, and tells what was left behind', async () => {
    const result = await run(
      composite(`- shell: bash
  run: |
    setsid sleep 61 > /dev/null 2>&1 &
    trap '' INT TERM
    while true; do sleep 0.1; done`),
      { cancelAfter: 150, grace },
    );
    expect(result).toMatchObject({ conclusion: 'cancelled', exitCode: null, orphans: ['sleep 61'] });
  });
});

describe('a JavaScript action', () => {
  const manifest =
    'name: F\ndescription: F\ninputs:\n  dry-run: { default: "no" }\nruns: { using: node24, main: a.cjs, post: a.cjs }\n';

  test('gets its inputs with hyphens, and its state in the post step', async () => {
    const script = `const fs = require('node:fs');
if (process.env.STATE_open) console.log('post ' + process.env.STATE_open);
else {
  console.log('main ' + process.env['INPUT_DRY-RUN']);
  fs.appendFileSync(process.env.GITHUB_STATE, 'open=yes\\n');
  fs.appendFileSync(process.env.GITHUB_OUTPUT, 'verdict=fail\\n');
  process.exitCode = 1;
}`;
    const result = await run(manifest, { files: { 'a.cjs': script } });
    expect(result.steps.map((step) => step.stdout)).toEqual(['main no\n', 'post yes\n']);
    expect(result).toMatchObject({ conclusion: 'failure', exitCode: 1, outputs: { verdict: 'fail' }, state: { open: 'yes' } });
  });
});
