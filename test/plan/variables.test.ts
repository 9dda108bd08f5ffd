import { describe, expect, test } from 'vitest';
import { preDeploy, problemsOf, read } from './read.ts';

const criterionOf = (criterion: string, environment: Record<string, string>): string | undefined =>
  read(preDeploy(`  - http: { url: "https://a.example" }\n    expect: ['${criterion}']\n`), environment).preDeploy?.checks[0]
    ?.criteria[0]?.criterion.source;

describe('A variable', () => {
  const titled = (title: string, environment = {}, vars = ''): string | undefined =>
    read(`version: 1\n${vars}pre-deploy:\n  - title: ${title}\n    tcp: { address: "db:1" }\n    expect: open\n`, environment)
      .preDeploy?.checks[0]?.title;

  test('is taken from the environment', () => {
    expect(titled('Port of ${HOST}', { HOST: 'db' })).toBe('Port of db');
  });

  test('is taken from `vars` before the environment', () => {
    expect(titled('Port of ${HOST}', { HOST: 'db' }, 'vars: { HOST: other }\n')).toBe('Port of other');
  });

  test('may hold another, and one of the same name in the environment', () => {
    expect(titled('${a}', { HOST: 'db' }, 'vars: { a: "x-${b}", b: "${HOST}" }\n')).toBe('x-db');
    expect(titled('${HOST}', { HOST: 'db' }, 'vars: { HOST: "${HOST}.example" }\n')).toBe('db.example');
  });

  test('is told at its place when it stands for itself', () => {
    const plan =
      'version: 1\nvars: { a: "${b}", b: "${a}" }\npre-deploy:\n  - title: ${a}\n    tcp: { address: "db:1" }\n    expect: open\n';
    expect(problemsOf(plan, {}, { strictEnv: true }).join()).toContain('has no end');
  });

  test('has a default, also for an empty value', () => {
    expect(titled('${HOST:-local}')).toBe('local');
    expect(titled('${HOST:-local}', { HOST: '' })).toBe('local');
  });

  test('is not filled in after `$$`', () => {
    expect(titled('$${HOST}', { HOST: 'db' })).toBe('${HOST}');
  });

  test('keeps a version as it is written', () => {
    expect(titled('v${v}', {}, 'vars: { v: 1.20 }\n')).toBe('v1.20');
  });

  test('becomes a number where one is needed', () => {
    const plan = preDeploy('  - load: { url: "https://a.example", requests: ${N} }\n    expect: [p95 < 1s]\n');
    expect(problemsOf(plan, { N: '100' })).toEqual([]);
    expect(problemsOf(plan, { N: 'many' })).toEqual(['3:49 Expected a number, found `many`.']);
  });

  test('stands without quotes inside brackets', () => {
    expect(
      problemsOf(preDeploy('  - http: { url: ${URL} }\n    expect: [status == ${STATUS}]\n'), {
        URL: 'https://a.example',
        STATUS: '200',
      }),
    ).toEqual([]);
  });
});

describe('A variable without a value', () => {
  const plan = preDeploy('  - http: { url: "${STAGING_URL}/health" }\n    expect: [status == 200]\n');

  test('is a problem at its exact place, with the nearest name, and only one', () => {
    expect(problemsOf(plan, { STAGING_URI: 'https://a.example' }, { phase: 'pre-deploy' })).toEqual([
      '3:19 `STAGING_URL` has no value: it is not under `vars:`, and not in the environment. Did you mean `STAGING_URI`?',
    ]);
  });

  test('is a warning while a plan is validated, and what depends on it is checked all the same', () => {
    expect(read(plan).warnings.map(({ position }) => `${position.line}:${position.column}`)).toEqual(['3:19']);
    expect(problemsOf(plan.replace('status', 'statsu'))).toEqual(['4:14 Nothing here measures `statsu`. Did you mean `status`?']);
  });

  test('is a problem in a strict validation', () => {
    expect(problemsOf(plan, {}, { strictEnv: true })).toHaveLength(1);
  });

  test('is told once, where the plan’s own variable needs it', () => {
    const uses =
      'version: 1\nvars:\n  api: ${STAGING_URL}/v1\npre-deploy:\n  - http: { url: "${api}/a" }\n    expect: [status == 200]\n  - http: { url: "${api}/b" }\n    expect: [status == 200]\n';
    expect(problemsOf(uses, {}, { phase: 'pre-deploy' }).map((line) => line.split(' ')[0])).toEqual(['3:8']);
  });

  test('is told at its place in quoted and block texts', () => {
    const places = (title: string): string[] =>
      problemsOf(preDeploy(`  - title: ${title}\n    tcp: { address: "db:1" }\n    expect: open\n`), {}, { strictEnv: true }).map(
        (line) => line.split(' ')[0] ?? '',
      );
    expect(places('"a \\x41 ${X}"')).toEqual(['3:20']);
    expect(places("'it''s ${X}'")).toEqual(['3:19']);
    expect(places('>-\n      folded\n      text ${X}')).toEqual(['5:12']);
  });
});

test('GitHub’s own expressions are told apart from variables', () => {
  const plan = preDeploy('  - title: "${{ github.sha }}"\n    tcp: { address: "db:1" }\n    expect: open\n');
  expect(problemsOf(plan)).toEqual([
    '3:13 `${{ … }}` is filled in by GitHub in workflow files only. Hand the value over by `env:` and write `${NAME}`.',
  ]);
});

describe('In a criterion, a variable', () => {
  test('is one value, whatever is in it', () => {
    expect(criterionOf('latency < ${LIMIT}', { LIMIT: '2s' })).toBe('latency < 2s');
    expect(criterionOf('body.version == ${V}', { V: 'v1 or status == 200' })).toBe('body.version == "v1 or status == 200"');
    expect(criterionOf('body.version == "${V}"', { V: 'a" or "b' })).toBe('body.version == "a\\" or \\"b"');
    expect(criterionOf('body.version matches /^${V}$/', { V: '1.2' })).toBe('body.version matches /^1\\.2$/');
  });
});

describe('In a line for a shell', () => {
  const line = (command: string, environment = {}, vars = ''): string[] =>
    problemsOf(`version: 1\n${vars}pre-deploy:\n  - command: { run: '${command}' }\n    expect: exit_code == 0\n`, environment, {
      phase: 'pre-deploy',
    });

  test('the shell’s own variables are left to the shell', () => {
    expect(line('for f in *; do echo ${f%.gz} ${#f}; done')).toEqual([]);
  });

  test('a value that the shell would interpret is refused', () => {
    expect(line('echo ${x}', {}, 'vars: { x: "a; rm -rf b" }\n')[0]).toMatch(
      /^4:27 `vars.x` has characters that a shell would interpret/,
    );
    expect(line('echo ${x}', {}, 'vars: { x: production }\n')).toEqual([]);
  });
});

describe('Secrets', () => {
  test('are the values of variables with telling names, those that are declared, and passwords in URLs', () => {
    const plan = `version: 1\nsecrets: [PLAIN]\npre-deploy:\n  - http: { url: "https://a.example/\${PLAIN}/\${OTHER}", headers: { authorization: "Bearer \${API_TOKEN}" } }\n    expect: [status == 200]\n`;
    const { secrets } = read(plan, { PLAIN: 'first', OTHER: 'second', API_TOKEN: 'third' });
    expect(secrets).toEqual(['first', 'third']);
  });

  test('that are declared are secrets also where only the shell reads them', () => {
    const plan = `version: 1\nsecrets: [PLAIN, UNSET]\npre-deploy:\n  - command: { run: 'echo $PLAIN' }\n    expect: [exit_code == 0]\n`;
    expect(read(plan, { PLAIN: 'first' }).secrets).toEqual(['first']);
  });
});

describe('A secret', () => {
  const environment = {
    API_TOKEN: 'hunter2hunter2hunter2hunter2hunter2hunter2hunter2',
    DATABASE_URL: 'oracle://app:s3cretpassword@db/app',
  };

  test('is not shown by a message about it, however long it is', () => {
    const items =
      '  - load: { url: "https://a.example", requests: "${API_TOKEN}" }\n    expect: [p95 < 1s]\n' +
      '  - http: { url: "${API_TOKEN}" }\n    expect: [status == ${API_TOKEN} 5]\n' +
      '  - postgres: { database: main }\n    expect: [version > 13]\n';
    const told = problemsOf(`version: 1\ndatabases: { main: { url: "\${DATABASE_URL}" } }\npre-deploy:\n${items}`, environment);
    expect(told.length).toBeGreaterThan(3);
    expect(told.join('\n')).not.toMatch(/hunter2|s3cret/);
  });

  test('that only a criterion names is one of the plan', () => {
    const plan = preDeploy('  - http: { url: "https://a.example" }\n    expect: [body.token == env.API_TOKEN]\n');
    expect(read(plan, environment).secrets).toEqual([environment.API_TOKEN]);
  });
});

describe('The plan’s variables in criteria', () => {
  test('have the unit that they are written with', () => {
    const plan = (limit: string): string =>
      `version: 1\nvars: { limit: ${limit} }\npre-deploy:\n  - tcp: { address: "db:1" }\n    expect: [latency < vars.limit]\n`;
    expect(problemsOf(plan('500ms'))).toEqual([]);
    expect(problemsOf(plan('5MB'))).toHaveLength(1);
    expect(problemsOf(plan('500ms').replace('vars.limit', 'vars.limti'))).toEqual([
      '5:24 Nothing here measures `vars.limti`. Did you mean `vars.limit`?',
    ]);
    expect(read(plan('500ms')).vars).toEqual({
      'vars.limit': { value: { kind: 'quantity', amount: 0.5, dimension: { time: 1, bytes: 0 } } },
    });
  });
});
