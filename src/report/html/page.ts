import { html } from '../escape.ts';
import { STYLE } from './style.ts';

/** Nothing but this file: no script, no image, no font, no frame, no form, from anywhere. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * A whole page around a body that is HTML already.
 *
 * @param extraStyle CSS written by us, for pages that show more than one report.
 */
export function htmlPage({
  lang,
  title,
  body,
  extraStyle = '',
}: {
  lang: string;
  title: string;
  body: string;
  extraStyle?: string;
}): string {
  return `<!doctype html>
<html lang="${html(lang)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${html(title)}</title>
<style>
${STYLE}
${extraStyle}</style>
</head>
<body>
${body}
</body>
</html>
`;
}
