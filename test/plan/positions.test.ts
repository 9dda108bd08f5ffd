import { describe, expect, test } from 'vitest';
import { preDeploy, problemsOf } from './read.ts';

/** One item on lines 3 and 4: a TCP check and its criteria. */
const tcp = (criteria: string, more = ''): string =>
  preDeploy(`  - tcp: { address: "db:5432" }\n    expect: ${criteria}\n${more}`);

describe('What is wrong with the YAML', () => {
  test('a key that is written twice', () => {
    expect(problemsOf('version: 1\nservice: a\nservice: b\n')).toEqual([
      '3:1 `service` is written twice here. Keep one of them.',
    ]);
  });

  test('an empty plan', () => {
    expect(problemsOf('')).toHaveLength(1);
    expect(problemsOf('# nothing\n')[0]).toContain('The plan is empty.');
  });

  test('a plan that is a list', () => {
    expect(problemsOf('- a\n')).toEqual(['1:1 A plan is a mapping that starts with `version: 1`.']);
  });

  test('several documents', () => {
    expect(problemsOf('version: 1\n---\nversion: 1\n')[0]).toContain('several YAML documents');
  });

  test('a second colon on a line', () => {
    expect(problemsOf('version: 1\nservice: a: b\n')).toEqual([
      '2:10 A second `:` on this line. Put the text that has one in quotes.',
    ]);
  });

  test('an alias without an anchor', () => {
    expect(problemsOf('version: 1\nservice: *name\n')).toHaveLength(1);
  });

  test('a tab as indentation', () => {
    expect(problemsOf('version: 1\npre-deploy:\n\t- tcp: x\n').join()).toContain('by spaces');
  });
});

describe('What is wrong with keys and values', () => {
  test('an unknown key at the top, with the nearest', () => {
    expect(problemsOf('version: 1\npre-deplyo:\n  - tcp: {}\n')).toEqual([
      '2:1 Unknown key `pre-deplyo`. Did you mean `pre-deploy`?',
    ]);
  });

  test('an unknown key of an item, with the nearest', () => {
    expect(problemsOf(tcp('[open]', '    titel: Port\n'))).toEqual(['5:5 Unknown key `titel`. Did you mean `title`?']);
  });

  test('an unknown key of a probe, with the nearest, in a flow mapping', () => {
    const plan = preDeploy('  - tcp: { adress: "db:5432" }\n    expect: [open]\n');
    expect(problemsOf(plan)).toEqual(['3:12 Unknown key `adress`. Did you mean `address`?']);
  });

  test('a misspelled required key is told once', () => {
    const plan = preDeploy('  - http: { ulr: "https://a.example" }\n    expect: [status == 200]\n');
    expect(problemsOf(plan)).toEqual(['3:13 Unknown key `ulr`. Did you mean `url`?']);
  });

  test('a missing key, at its mapping', () => {
    const plan = preDeploy('  - http: { timeout: 5s }\n    expect: [status == 200]\n');
    expect(problemsOf(plan)).toEqual(['3:11 `http` needs `url`: a text.']);
  });

  test('a wrong kind of value, at the value', () => {
    const plan = preDeploy('  - load: { url: "https://a.example", requests: many }\n    expect: [p95 < 1s]\n');
    expect(problemsOf(plan)).toContain('3:49 Expected a number, found `many`.');
  });

  test('a value that is none of those allowed, with the nearest', () => {
    const plan = preDeploy('  - command: { run: ls, output: jsno }\n    expect: [exit_code == 0]\n');
    expect(problemsOf(plan)).toEqual(['3:33 Expected one of `text`, `json`, `lines`, found `jsno`. Did you mean `json`?']);
  });

  test('a duration without a unit', () => {
    expect(problemsOf(tcp('[open]', '    within: 30\n'))).toEqual([
      '5:13 Expected a duration such as `30s`, `5m` or `2h`, found `30`.',
    ]);
  });

  test('a plan without a version', () => {
    expect(problemsOf('pre-deploy:\n  - tcp: { address: "db:5432" }\n    expect: open\n')).toEqual([
      '1:1 `version` is missing: write `version: 1`.',
    ]);
  });

  test('a plan without any phase', () => {
    expect(problemsOf('version: 1\nservice: a\n')[0]).toContain('The plan has no phase.');
  });

  test('a number where a text is expected is taken as it is written', () => {
    const plan = preDeploy('  - command: { run: ls, env: { PORT: 8080, VERSION: 1.20 } }\n    expect: [exit_code == 0]\n');
    expect(problemsOf(plan)).toEqual([]);
  });
});

describe('A common slip is told in its own words:', () => {
  test('criteria that YAML reads as mappings', () => {
    const message = 'A criterion is a text such as `status == 200`; one with `: ` in it stands in quotes.';
    expect(problemsOf(tcp('[open: true]'))).toEqual([`4:14 ${message}`]);
    expect(problemsOf(tcp('{ open: true }'))).toEqual([`4:13 ${message}`]);
    expect(problemsOf(tcp('[name == "a: b"]'))).toEqual([`4:14 ${message}`]);
  });

  test('a probe whose keys are not indented', () => {
    expect(problemsOf(preDeploy('  - http:\n    url: https://a.example\n    expect: [status == 200]\n'))).toEqual([
      '4:5 `url` belongs to `http`: indent it further.',
    ]);
  });

  test('a list without hyphens', () => {
    expect(problemsOf('version: 1\npre-deploy:\n  tcp: { address: "db:1" }\n  expect: open\n')).toEqual([
      '3:3 `pre-deploy` is a list: each item starts with `- `.',
    ]);
  });

  test('a version in quotes', () => {
    expect(problemsOf('version: "1"\npre-deploy:\n  - { tcp: { address: "db:1" }, expect: open }\n')).toEqual([
      '1:10 Expected `1`, found it in quotes.',
    ]);
  });

  test('a text where a mapping is expected', () => {
    expect(problemsOf(preDeploy('  - tls: a.example:443\n    expect: [valid]\n'))[0]).toMatch(
      /^3:10 Expected a mapping with `address`, `host`/,
    );
  });
});

describe('What is wrong with items', () => {
  test('an unknown probe, with the nearest', () => {
    expect(problemsOf(preDeploy('  - htpp: { url: "https://a.example" }\n    expect: [status == 200]\n'))).toEqual([
      '3:5 Unknown probe `htpp`. Did you mean `http`?',
    ]);
  });

  test('no probe at all', () => {
    expect(problemsOf(preDeploy('  - title: Something\n    expect: [status == 200]\n'))[0]).toMatch(
      /^3:5 An item needs a probe: one of `settings`/,
    );
  });

  test('an alias with a variable in its name, which is shown as it was written', () => {
    expect(problemsOf('version: 1\nvars: *a${A}\n')[0]).toContain('There is no anchor `&a${A}` above');
  });

  test('two probes', () => {
    const plan = preDeploy('  - tcp: { address: "db:5432" }\n    http: { url: "https://a.example" }\n    expect: [open]\n');
    expect(problemsOf(plan)).toEqual(['3:5 An item has one probe, and this has `http` and `tcp`. Make two of them.']);
  });

  test('no criteria', () => {
    expect(problemsOf(preDeploy('  - tcp: { address: "db:5432" }\n'))).toEqual([
      '3:5 An item without criteria cannot pass. Add what must hold: `expect: [ … ]`.',
    ]);
  });

  test.each([
    ['5 < 10', '5 < 10'],
    ['open or 1 < 2', '1 < 2'],
    ['not 3 in (1, 2)', '3 in (1, 2)'],
    ['"a" == "a"', '"a" == "a"'],
    ['2 between 1 and 3', '2 between 1 and 3'],
  ])('a criterion that measures nothing: %s', (criterion, fixed) => {
    const [problem] = problemsOf(tcp(`['${criterion}']`));
    expect(problem).toContain(`\`${fixed}\` compares fixed values`);
    expect(problem).toMatch(new RegExp(`^4:${15 + criterion.indexOf(fixed)} `));
  });

  test('no variable, whose value may be what is to be judged', () => {
    expect(problemsOf(tcp("['${REPLICAS} >= 2']"), { REPLICAS: '3' })).toEqual([]);
    expect(problemsOf(tcp('[\'env.STAGE == "prod"\']'), { STAGE: 'prod' })).toEqual([]);
  });

  test('an empty list of criteria', () => {
    expect(problemsOf(tcp('[]'))[0]).toMatch(/^4:5 `expect` is empty/);
    expect(problemsOf(tcp('[]'))).toHaveLength(1);
  });

  test('an item that is a text', () => {
    expect(problemsOf(preDeploy('  - the database answers\n'))[0]).toMatch(/^3:5 Expected an item/);
  });

  test('an empty pre-deploy', () => {
    expect(problemsOf('version: 1\npre-deploy: []\n')[0]).toMatch(/^2:13 `pre-deploy` has no items/);
  });

  test('an id that is taken, at the second one', () => {
    const plan = preDeploy(
      '  - { id: db, tcp: { address: "a:1" }, expect: open }\n  - { id: db, tcp: { address: "b:1" }, expect: open }\n',
    );
    expect(problemsOf(plan)).toEqual(['4:11 The id `db` belongs to the item in line 3. Choose another.']);
  });

  test('a unit that does not exist', () => {
    const plan = preDeploy(
      '  - http: { url: "https://a.example" }\n    units: { body.latency: msec }\n    expect: [body.latency < 5ms]\n',
    );
    expect(problemsOf(plan)[0]).toMatch(/^4:28 Unknown unit `msec`/);
  });

  test('a unit for what has one', () => {
    const plan = preDeploy('  - http: { url: "https://a.example" }\n    units: { latency: ms }\n    expect: [latency < 5ms]\n');
    expect(problemsOf(plan)).toEqual(['4:14 `latency` has a unit of its own already. Take this one away.']);
  });
});

describe('What is wrong with criteria, at the character', () => {
  test('in a flow sequence', () => {
    expect(problemsOf(tcp('[open, latency << 5s]'))[0]).toMatch(/^4:29 /);
  });

  test('in a block sequence', () => {
    expect(
      problemsOf(preDeploy('  - tcp: { address: "db:5432" }\n    expect:\n      - open\n      - latency < 5 parsecs\n'))[0],
    ).toMatch(/^6:21 /);
  });

  test('as a single text', () => {
    expect(problemsOf(tcp('latency < '))[0]).toMatch(/^4:/);
    expect(problemsOf(tcp('latencyy < 5s'))[0]).toMatch(/^4:13 /);
  });

  test('in double quotes with escapes', () => {
    expect(problemsOf(tcp('["latency < 5s and \\x6Fpn"]'))).toEqual(['4:32 Nothing here measures `opn`. Did you mean `open`?']);
    expect(problemsOf(tcp('["latency < \\t5s and opn"]'))[0]).toMatch(/^4:34 /);
  });

  test('in single quotes with a doubled one', () => {
    const plan = preDeploy("  - tls: { host: a.example }\n    expect: ['issuer == ''R3'' and valdi']\n");
    expect(problemsOf(plan)).toEqual(['4:36 Nothing here measures `valdi`. Did you mean `valid`?']);
  });

  test('in a folded block', () => {
    const plan = preDeploy('  - tcp: { address: "db:5432" }\n    expect:\n      - >-\n        open\n        and latncy < 5s\n');
    expect(problemsOf(plan)).toEqual(['7:13 Nothing here measures `latncy`. Did you mean `latency`?']);
  });

  test('in a literal block', () => {
    const plan = preDeploy('  - tcp: { address: "db:5432" }\n    expect:\n      - |\n        open and\n        latency < 5MB\n');
    expect(problemsOf(plan)[0]).toMatch(/^7:19 /);
  });

  test('behind a variable that is longer than its value', () => {
    expect(problemsOf(tcp('[latency < ${LIMIT} and opn]'), { LIMIT: '5s' })).toEqual([
      '4:37 Nothing here measures `opn`. Did you mean `open`?',
    ]);
  });

  test('a unit that does not fit', () => {
    expect(problemsOf(tcp('[latency < 5MB]'))).toEqual([
      '4:24 `latency` is a time, the limit is an amount of bytes: they cannot be compared.',
    ]);
  });

  test('a number without a unit', () => {
    expect(problemsOf(tcp('[latency < 5]'))[0]).toContain('Write `5ms` or `5s`.');
  });

  test('a baseline outside a canary', () => {
    expect(problemsOf(tcp('[latency < baseline * 2]'))).toEqual([
      '4:24 Only a canary has a baseline, and a `load` that says where its own is (`baseline:`). Compare with a number, or with what another item measures.',
    ]);
  });

  test('a condition of `when` that nothing tells', () => {
    expect(problemsOf(tcp('[open]', '    when: branhc == "main"\n'))).toEqual([
      '5:11 Nothing here measures `branhc`. Did you mean `branch`?',
    ]);
  });
});

describe('Many problems', () => {
  test('are told all at once, in the order of the plan', () => {
    const plan = preDeploy(
      '  - tcp: { address: "db:5432" }\n    expect: [opn]\n  - htp: { url: x }\n    expect: [latency < 5s]\n  - tcp: { adress: "db:1" }\n    expect: [open]\n',
    );
    expect(problemsOf(plan).map((line) => line.split(' ')[0])).toEqual(['4:14', '5:5', '7:12']);
  });

  test('are told up to fifty, and how many more there are', () => {
    const items = Array.from({ length: 60 }, () => '  - tcp: { address: "db:5432" }\n    expect: [opn]\n');
    const told = problemsOf(preDeploy(items.join('')));
    expect(told).toHaveLength(51);
    expect(told.at(-1)).toContain('…and 10 more problems.');
  });
});

test('what guards a PostgreSQL is refused on another database, rather than left out in silence', () => {
  const plan = (more: string) =>
    `version: 1\ndatabases: { main: { url: "mysql://db/app" } }\nmigrate:\n  database: main\n  run: { tool: command, run: x, version: { query: select 1 } }\n  expect: [duration < 5m]\n${more}`;
  expect(problemsOf(plan(''))).toEqual([]);
  expect(problemsOf(plan('  lock-timeout: 5s\n'))).toEqual([
    '7:3 `lock-timeout` is for PostgreSQL only, and this database is another. Take it out, and guard this migration by a step of the workflow.',
  ]);
});
