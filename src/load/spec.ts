import * as z from 'zod';
import { durationField } from '../criteria/fields.ts';
import { problemsOf } from './mapping.ts';
import { TOOLS } from './result.ts';

const isWebUrl = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

const statusField = () =>
  z.union([
    z.int().min(100).max(599),
    z.string().regex(/^[1-5](\d\d|xx)$/, 'Expected a status such as `200`, or a class such as `2xx`.'),
  ]);

/** How much load: of the whole, or of one stage. */
const amountFields = () => ({
  requests: z.int().min(1).max(100_000_000).describe('How many requests to make.').optional(),
  duration: durationField().describe('How long to make requests, instead of how many: `30s`.').optional(),
  concurrency: z
    .int()
    .min(1)
    .max(10_000)
    .describe('Connections, each with one request on its way at a time. Default: 10.')
    .optional(),
  rate: z
    .int()
    .min(1)
    .describe('At most so many requests a second over all connections. Default: as fast as the answers come.')
    .optional(),
});

const EITHER_AMOUNT = 'Give either `requests` or `duration`.';
const hasOneAmount = ({
  requests,
  duration,
}: {
  readonly requests?: number | undefined;
  readonly duration?: number | undefined;
}): boolean => (requests === undefined) !== (duration === undefined);

const resultsField = () =>
  z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .describe(
      'Files that the load tool wrote, as a glob or a list of them: `out/*.json.gz`. Several are parts of one test, and are merged.',
    );

const runField = () =>
  z
    .strictObject({
      k6: z.string().min(1).describe('A k6 script to run.').optional(),
      artillery: z.string().min(1).describe('An Artillery script to run.').optional(),
      locust: z.string().min(1).describe('A locustfile to run, headless.').optional(),
      command: z
        .string()
        .min(1)
        .describe('A line for bash that makes the load and writes `results`, with `-e` and `-o pipefail`.')
        .optional(),
      args: z.array(z.string()).describe('Further arguments of the tool: `["--vus", "50", "--duration", "30s"]`.').optional(),
      target: z
        .string()
        .min(1)
        .describe(
          'Where the load goes: handed to Artillery as `--target` and to Locust as `--host`, and held against `load-hosts`.',
        )
        .optional(),
      directory: z.string().min(1).describe('Where to run it. Default: the root of the repository.').optional(),
      env: z
        .record(z.string(), z.string())
        .describe('Variables to add to its environment. Secrets belong here, not in `command` or `args`.')
        .optional(),
    })
    .refine(
      ({ k6, artillery, locust, command }) =>
        [k6, artillery, locust, command].filter((given) => given !== undefined).length === 1,
      'Name one of `k6`, `artillery`, `locust` and `command`.',
    )
    .refine(({ command, args }) => command === undefined || args === undefined, 'A `command` has its arguments in its line.');

const baselineField = () =>
  z
    .strictObject({
      artifact: z
        .string()
        .min(1)
        .describe('Earlier runs are in the report artifacts of this name that runs on the default branch uploaded.')
        .optional(),
      file: z
        .string()
        .min(1)
        .describe('Earlier runs are in this JSON file, which each run that nothing speaks against is added to.')
        .optional(),
      branch: z
        .string()
        .min(1)
        .describe('The branch: of the artifacts in place of the default branch, or where `file` is read.')
        .optional(),
      runs: z
        .int()
        .min(1)
        .max(50)
        .describe('The baseline is the median of so many of the newest passing runs. Default: 5.')
        .optional(),
      least: z.int().min(1).max(50).describe('Fewer runs are no baseline. Default: 3.').optional(),
      scenario: z
        .string()
        .min(1)
        .describe('A name for what the load tool’s result does not tell of the scenario. Only runs of one scenario are compared.')
        .optional(),
    })
    .refine(
      ({ artifact, file }) => (artifact === undefined) !== (file === undefined),
      'Say where earlier runs are: `artifact` or `file`.',
    )
    .refine(({ runs = 5, least = 3 }) => least <= runs, '`least` cannot be more than `runs`.');

const evidenceField = () =>
  z.strictObject({
    'least-samples': z
      .int()
      .min(1)
      .describe(
        'The fewest requests that a percentile may rest on. Default: what it can be read from at all, 20 for p95, 100 for p99.',
      )
      .optional(),
    'achieved-rate': z
      .number()
      .min(0)
      .max(1)
      .describe('Less than this share of the rate that was asked for is a warning. Default: 0.9.')
      .optional(),
    'own-limits': z
      .enum(['block', 'ignore'])
      .describe('What a crossed limit of the tool’s own does (k6’s thresholds, Artillery’s `ensure`). Default: block.')
      .optional(),
  });

const mappingField = () =>
  z
    .strictObject({
      figures: z
        .record(
          z.string(),
          z.union([
            z.string().describe('The text that stands before the value.'),
            z.strictObject({
              after: z.string().describe('The text that stands before the value.'),
              unit: z.string().describe('Of a value that is printed without one: `ms`, `s`, `%`, `/s`.').optional(),
              below: z.string().describe('Only what comes after this text is searched.').optional(),
            }),
          ]),
        )
        .describe(
          'By our name for each figure, the text before its value: `{ requests: "Total:", p95: { after: "P95:", unit: ms } }`.',
        ),
      decimal: z.enum(['.', ',']).describe('What stands before decimals, where the text leaves it open.').optional(),
    })
    .superRefine((mapping, context) => {
      for (const message of problemsOf(mapping)) context.addIssue({ code: 'custom', message, path: ['figures'] });
    });

export const loadSchema = () =>
  z
    .strictObject({
      url: z
        .string()
        // Not `z.url`: its `format: uri` makes editors reject `${api}/plans`.
        .refine(isWebUrl, 'Expected a URL that starts with http:// or https://.')
        .describe('Where the requests of the built-in generator go. Its certificate is not verified: use a `tls` check for that.')
        .optional(),
      ...amountFields(),
      stages: z
        .array(z.strictObject(amountFields()).refine(hasOneAmount, EITHER_AMOUNT))
        .min(1)
        .describe(
          'Several loads, one after the other, each judged by the criteria; the first that does not meet them is the last: `[{ requests: 100, concurrency: 10 }, { requests: 1000, concurrency: 50 }]`.',
        )
        .optional(),
      method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).describe('Default: GET.').optional(),
      headers: z.record(z.string(), z.string()).describe('Request headers.').optional(),
      body: z.string().describe('Request body, as it is.').optional(),
      json: z.json().describe('Request body, sent as JSON.').optional(),
      timeout: durationField()
        .describe('The longest wait for one answer; past it the request is a timeout. Default: 10s.')
        .optional(),
      results: resultsField().optional(),
      format: z
        .union([
          z.enum(TOOLS).describe('The tool that the results must be of.'),
          mappingField().describe('How to read what a script of your own prints.'),
        ])
        .describe(
          'The tool that the results must be of, or how to read a text. Default: whichever tool wrote them; they tell by themselves.',
        )
        .optional(),
      shards: z
        .int('Expected a whole number of shards.')
        .min(1, 'A load of 0 shards was not made. Say how many parts there must be.')
        .describe('How many files there must be: a part that is missing is an error.')
        .optional(),
      run: runField().describe('A load tool to start.').optional(),
      'expect-status': z
        .union([statusField(), z.array(statusField()).min(1)])
        .describe('Statuses that are successes: `200`, `2xx`, `[200, 404]`. Default: 2xx and 3xx, or the tool’s own count.')
        .optional(),
      baseline: baselineField()
        .describe('Earlier runs to compare with, as `baseline` in criteria: `p95 <= baseline * 1.3`.')
        .optional(),
      evidence: evidenceField().describe('When the figures are enough to judge by.').optional(),
    })
    .refine(
      ({ url, results, run }) =>
        [url, run].filter((given) => given !== undefined).length + (results !== undefined && run === undefined ? 1 : 0) === 1,
      'Say where the load comes from: `url` (made here), `results` (files that a load tool wrote), or `run` (a load tool to start).',
    )
    .refine((spec) => spec.url === undefined || spec.stages !== undefined || hasOneAmount(spec), EITHER_AMOUNT)
    .refine(
      (spec) =>
        spec.stages === undefined || (spec.requests === undefined && spec.duration === undefined && spec.url !== undefined),
      '`stages` go with `url`, and say `requests` or `duration` themselves.',
    )
    .refine(
      (spec) => spec.url !== undefined || MADE_HERE.every((key) => spec[key] === undefined),
      'What shapes the requests (`requests`, `duration`, `concurrency`, `rate`, `method`, `headers`, `body`, `json`, `timeout`) goes with `url` only.',
    )
    .refine((spec) => spec.body === undefined || spec.json === undefined, 'Give either `body` or `json`.')
    .refine(
      (spec) => (spec.format === undefined && spec.shards === undefined) || spec.results !== undefined,
      '`format` and `shards` go with `results`.',
    )
    .refine(
      (spec) => spec.run?.command === undefined || spec.results !== undefined,
      'A `command` needs `results`: the files that it writes.',
    )
    .refine(
      (spec) => spec.run === undefined || spec.run.command !== undefined || spec.results === undefined,
      'k6, Artillery and Locust are told where to write; `results` goes without `run`, or with `run: { command: … }`.',
    )
    .refine(
      (spec) => spec.stages === undefined || spec.baseline === undefined,
      'Stages have no baseline. Make an item of each that has.',
    );

const MADE_HERE = ['requests', 'duration', 'concurrency', 'rate', 'method', 'headers', 'body', 'json', 'timeout'] as const;

export type LoadSpec = z.infer<ReturnType<typeof loadSchema>>;
