import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eachTag } from '../../../src/load/readers/xml.ts';

async function* chunked(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function seen(text: string, size = 3): Promise<{ readonly events: readonly string[]; readonly open: readonly string[] }> {
  const events: string[] = [];
  const bytes = Buffer.from(text);
  const open = await eachTag(
    { name: 'file', chunks: () => chunked(bytes, size) },
    {
      open: (name, attributes, line) => events.push(`${line} <${name} ${JSON.stringify([...attributes()])}`),
      close: (name, inner, line) => events.push(`${line} ${name}> ${inner()}`),
    },
  );
  return { events, open };
}

const WHOLE = `<?xml version="1.0" encoding="UTF-8"?>
<!-- <not> a tag -->
<a>
  <b x="1 &gt; 0" y='&quot;&#233;&#x65E5;'/>
  <c>t &amp; t</c><![CDATA[<no> tag]]>
  <d e="a>b"></d>
</a>`;

test('tags, attributes and texts are the same wherever chunks end', async () => {
  const expected = [
    '3 <a []',
    '4 <b [["x","1 > 0"],["y","\\"é日"]]',
    '4 b> ',
    '5 <c []',
    '5 c> t & t',
    '6 <d [["e","a>b"]]',
    '6 d> ',
    '7 a> ',
  ];
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 300 }), async (size) => {
      expect(await seen(WHOLE, size)).toEqual({ events: expected, open: [] });
    }),
  );
});

test('what is open where the file ends is told', async () => {
  expect((await seen('<a><b>text')).open).toEqual(['a', 'b']);
  expect((await seen('<a><b attr="half')).open).toEqual(['a']);
});

test('tags that do not match, and other encodings, are errors with their line', async () => {
  await expect(seen('<a>\n<b>\n</a>')).rejects.toThrow('file, line 3: `</a>` closes what `<b>` opened');
  await expect(seen('<?xml version="1.0" encoding="windows-1252"?><a/>')).rejects.toThrow('convert it to UTF-8');
});
