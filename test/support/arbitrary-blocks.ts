import fc from 'fast-check';
import { bareTypes, type Block, headingTypes, marks, type Run } from '../../src/markdown/block.ts';
import { languages } from '../../src/markdown/languages.ts';
import { tidyRuns } from '../../src/markdown/runs.ts';

const nasty = [
  '*',
  '_',
  '`',
  '~',
  '[',
  ']',
  '(',
  ')',
  '<',
  '>',
  '#',
  '-',
  '+',
  '|',
  '\\',
  '$',
  '!',
  ':',
  '&amp;',
  '1. ',
  ' ',
  '\t',
  '\n',
  '"',
  '@',
  '.',
  '=',
  '&',
  'www.a.de',
  'a@b.de',
  'http://x.y',
  '<br>',
  '<u>',
  '</details>',
  '[!NOTE]',
  '- [ ] ',
  '```',
  '[^1]',
  ' a ',
  'é',
  '💡',
  '\u00a0',
];
const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }).filter((s) => !/[\r\0]|\p{Cs}/u.test(s));
const line = fc
  .array(
    fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom(...nasty) },
      { weight: 3, arbitrary: fc.constantFrom('a', 'bc', 'Users ', 'd') },
      { weight: 1, arbitrary: word },
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join(''));
const label = fc
  .array(
    fc.constantFrom('sql', 'a', 'query', '*x*', '"q"', '`', '$', '}', '<b>', 'é', 'text', 'math', ']', '(', '\\'),
    { maxLength: 3 },
  )
  .map((words) => words.join(' '));
const id = fc.uuid();
const url = fc.constantFrom(
  'https://example.com/a',
  'https://example.com/a(b)?c=d&e=[f]',
  'https://example.com/ä%20b',
  'mailto:a@b.de',
  '/relative page.md',
);

const look = fc.record(
  {
    marks: fc.subarray([...marks]),
    link: fc.option(url, { freq: 4 }),
    mention: fc.option(
      fc.record({ kind: fc.constantFrom('page', 'database', 'user'), of: id }, { noNullPrototype: true }),
      { freq: 8 },
    ),
    equation: fc.boolean(),
  },
  { noNullPrototype: true },
);

const run: fc.Arbitrary<Run> = fc.tuple(line, look, fc.nat(7)).map(([text, { mention, ...rest }, dice]): Run => {
  if (mention) return { text: text.replaceAll('\n', ' '), ...rest, marks: rest.marks, mention, equation: false };
  if (dice === 0)
    return {
      text: text.replaceAll('\n', ' '),
      marks: rest.marks.filter((m) => m !== 'code'),
      link: rest.link,
      mention: null,
      equation: true,
    };
  return { text, ...rest, mention: null, equation: false };
});
const arbitraryRuns = fc.array(run, { maxLength: 4 }).map(tidyRuns);

/** As cells and captions hold it: nothing around it, and not empty. */
const trimmed = arbitraryRuns.map((runs) =>
  tidyRuns(
    runs.map((r, i) => ({
      ...r,
      text: (i === 0 ? (t: string) => t.trimStart() : (t: string) => t)(
        i === runs.length - 1 ? r.text.trimEnd() : r.text,
      ),
    })),
  ),
);

const table = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), fc.boolean())
  .chain(([width, height, header]) =>
    fc
      .array(fc.array(trimmed, { minLength: width, maxLength: width }), { minLength: height, maxLength: height })
      .map((rows): Block => ({
        type: 'table',
        header: header && (rows[0] ?? []).some((cell) => cell.some(({ text }) => text !== '')),
        rows,
      })),
  );

const leaf: fc.Arbitrary<Block> = fc.oneof(
  fc.record({
    type: fc.constant('code' as const),
    code: fc.oneof(line, fc.constant(''), fc.constant('a\n\n  b\n````\n')),
    language: fc.constantFrom(...languages),
    caption: label,
  }),
  fc.record({ type: fc.constant('equation' as const), expression: line }),
  fc.record({ type: fc.constantFrom(...bareTypes) }),
  fc.record({
    type: fc.constantFrom('video', 'audio', 'pdf', 'embed', 'bookmark'),
    url,
    caption: label,
    name: fc.constant(''),
  }),
  fc.record({ type: fc.constant('file' as const), url, caption: label, name: label }),
  fc.record({ type: fc.constant('image' as const), url, caption: label, name: fc.constant('') }),
  fc.record({
    type: fc.constant('link_to_page' as const),
    target: fc.constantFrom('page', 'database', 'comment'),
    page: id,
  }),
  table,
);

const blocks = fc.letrec<{ tree: Block; trees: readonly Block[] }>((tie) => ({
  trees: fc.array(tie('tree'), { maxLength: 3, depthIdentifier: 'tree' }),
  tree: fc.oneof(
    { depthIdentifier: 'tree', maxDepth: 3 },
    leaf,
    fc.record({
      type: fc.constantFrom('paragraph', 'bulleted_list_item', 'numbered_list_item', 'quote', 'toggle', 'template'),
      text: arbitraryRuns,
      children: tie('trees'),
    }) as fc.Arbitrary<Block>,
    fc.record({
      type: fc.constantFrom(...headingTypes),
      text: arbitraryRuns,
      toggleable: fc.constant(false),
      children: fc.constant([]),
    }) as fc.Arbitrary<Block>,
    fc.record({
      type: fc.constantFrom(...headingTypes),
      text: arbitraryRuns,
      toggleable: fc.constant(true),
      children: tie('trees'),
    }) as fc.Arbitrary<Block>,
    fc.record({
      type: fc.constant('to_do'),
      text: arbitraryRuns,
      checked: fc.boolean(),
      children: tie('trees'),
    }) as fc.Arbitrary<Block>,
    fc.record({
      type: fc.constant('callout'),
      text: arbitraryRuns,
      icon: fc.constantFrom('ℹ️', '💡', '🛑', '🚀'),
      children: tie('trees'),
    }) as fc.Arbitrary<Block>,
    fc.record({
      type: fc.constant('synced_block'),
      from: fc.option(id),
      children: tie('trees'),
    }) as fc.Arbitrary<Block>,
    fc.record({
      type: fc.constant('column_list'),
      children: fc.array(fc.record({ type: fc.constant('column'), children: tie('trees') }), {
        minLength: 2,
        maxLength: 3,
      }),
    }) as fc.Arbitrary<Block>,
    fc.record({
      type: fc.constant('tab'),
      children: fc.array(fc.record({ type: fc.constant('paragraph'), text: arbitraryRuns, children: tie('trees') }), {
        minLength: 1,
        maxLength: 2,
      }),
    }) as fc.Arbitrary<Block>,
  ),
}));

/** A page of every type of block that Notion can write. */
export const arbitraryBlocks = fc.array(blocks.tree, { maxLength: 5 });
