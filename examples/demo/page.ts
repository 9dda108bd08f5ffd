import { marked } from 'marked';

/** A check run or commit status as the pull request's checks box lists it. */
export interface ShownCheck {
  readonly name: string;
  readonly state: 'success' | 'failure' | 'cancelled' | 'pending';
  readonly description: string;
  readonly required: boolean;
  /** The check run's own page; absent for a commit status. */
  readonly output?: { readonly title: string; readonly summary: string; readonly text: string };
}

export interface ShownScene {
  readonly heading: string;
  readonly author: string;
  readonly story: string;
  readonly pullRequest?: number;
  readonly checks: readonly ShownCheck[];
}

/** One page that shows what a reviewer would have seen on GitHub: per pull request its checks box, and each check run's page. */
export function renderPage(scenes: readonly ShownScene[], seconds: number): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Holdpoint: what a reviewer would have seen</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>What a reviewer would have seen</h1>
<p>Four runs of the sample service, in ${Math.round(seconds)} seconds. Each box is what the pull request shows; below it are the check runs as they were posted.</p>
</header>
<main>
${scenes.map(sceneOf).join('\n')}
</main>
</body>
</html>
`;
}

function sceneOf(scene: ShownScene): string {
  const number = scene.pullRequest === undefined ? '' : ` <span class="number">#${scene.pullRequest}</span>`;
  const outputs = scene.checks.flatMap(({ name, state, output }) => (output ? [checkRunOf(name, state, output)] : []));
  return `<section>
<h2>${html(scene.heading)}${number}</h2>
<p class="story"><b>${html(scene.author)}</b> · ${html(scene.story)}</p>
${checksBox(scene)}
${outputs.join('\n')}
</section>`;
}

function checksBox({ checks, pullRequest }: ShownScene): string {
  const blocking = checks.filter((check) => check.required && check.state !== 'success').length;
  const bad = checks.filter((check) => check.state !== 'success').length;
  const headline = bad === 0 ? 'All checks have passed' : `${bad} of ${checks.length} checks have not passed`;
  const merge =
    pullRequest === undefined
      ? ''
      : blocking === 0
        ? '<p class="merge open"><button disabled>Merge pull request</button> Merging is open.</p>'
        : '<p class="merge blocked"><button disabled>Merge pull request</button> Merging is blocked: required statuses must pass.</p>';
  const rows = checks.map(
    ({ name, state, description, required }) =>
      `<li><span class="mark ${state}" role="img" aria-label="${state}">${MARKS[state]}</span> <b>${html(name)}</b> <span class="quiet">${html(description)}</span>${required ? '<span class="required">Required</span>' : ''}</li>`,
  );
  return `<div class="box ${bad === 0 ? 'success' : 'failure'}"><p class="headline">${headline}</p><ul>${rows.join('')}</ul>${merge}</div>`;
}

const MARKS = { success: '✓', failure: '✕', cancelled: '⊘', pending: '●' } as const;

function checkRunOf(name: string, state: ShownCheck['state'], output: NonNullable<ShownCheck['output']>): string {
  return `<details class="run"${state === 'success' ? '' : ' open'}>
<summary><span class="mark ${state}" aria-hidden="true">${MARKS[state]}</span> ${html(name)}: ${html(output.title)}</summary>
<article>${markdown(output.summary)}${markdown(output.text)}</article>
</details>`;
}

/** The outputs are ours, with everything foreign in them already escaped; GitHub would render the same Markdown. */
function markdown(source: string): string {
  return marked.parse(source, { async: false, gfm: true });
}

function html(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

const STYLE = `
:root { color-scheme: light dark; --fg: #1f2328; --quiet: #59636e; --bg: #fff; --soft: #f6f8fa; --line: #d1d9e0; --good: #1a7f37; --bad: #d1242f; --warn: #9a6700; --link: #0969da }
@media (prefers-color-scheme: dark) { :root { --fg: #f0f6fc; --quiet: #9198a1; --bg: #0d1117; --soft: #151b23; --line: #3d444d; --good: #3fb950; --bad: #f85149; --warn: #d29922; --link: #4493f8 } }
* { box-sizing: border-box }
body { margin: 0; font: 15px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; color: var(--fg); background: var(--bg) }
header, main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem }
h1 { font-size: 1.8rem; margin: 0 } h2 { font-size: 1.4rem; margin: 2.5rem 0 .2rem; border-top: 1px solid var(--line); padding-top: 1.5rem }
.number { color: var(--quiet); font-weight: 400 } .story { color: var(--quiet); margin: 0 0 1rem } .story b { color: var(--fg) }
.box { border: 1px solid var(--line); border-left: 4px solid var(--good); border-radius: 6px; margin: 1rem 0; overflow: hidden }
.box.failure { border-left-color: var(--bad) } .headline { margin: 0; padding: .8rem 1rem; font-weight: 600 }
.box ul { list-style: none; margin: 0; padding: 0; border-top: 1px solid var(--line) } .box li { padding: .5rem 1rem; border-top: 1px solid var(--line) } .box li:first-child { border: 0 }
.mark { display: inline-block; width: 1.2em; text-align: center; font-weight: 700 } .mark.success { color: var(--good) } .mark.failure { color: var(--bad) } .mark.cancelled, .mark.pending { color: var(--warn) }
.quiet { color: var(--quiet) } .required { float: right; border: 1px solid var(--line); border-radius: 1em; padding: 0 .6em; font-size: .85em }
.merge { margin: 0; padding: .8rem 1rem; background: var(--soft); border-top: 1px solid var(--line) } .merge button { font: inherit; font-weight: 600; padding: .3rem .9rem; border-radius: 6px; border: 1px solid var(--line); margin-right: .6rem }
.merge.open button { background: #1f883d; color: #fff; opacity: 1 }
.run { border: 1px solid var(--line); border-radius: 6px; margin: .8rem 0 } .run > summary { padding: .6rem 1rem; background: var(--soft); cursor: pointer; font-weight: 600 } .run article { padding: .2rem 1rem 1rem; overflow-x: auto }
article table { border-collapse: collapse; margin: .6rem 0 } article th, article td { border: 1px solid var(--line); padding: .3rem .7rem; text-align: left; vertical-align: top } article th { background: var(--soft) } article td:first-child, article td:last-child { white-space: nowrap }
article code { background: var(--soft); padding: .1em .35em; border-radius: 4px; font: .88em ui-monospace, SFMono-Regular, Menlo, monospace } article pre { background: var(--soft); padding: .8rem; border-radius: 6px; overflow-x: auto } article pre code { padding: 0 }
article h2, article h3 { border: 0; margin: 1rem 0 .3rem; padding: 0; font-size: 1.1rem } article blockquote { margin: .5rem 0; padding-left: 1rem; border-left: 3px solid var(--line); color: var(--quiet) } a { color: var(--link) }
`;
