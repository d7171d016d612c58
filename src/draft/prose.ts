import type { Fact, Requirements, Slot } from '../spec/requirements.ts';
import type { Said } from './draft.ts';
import { identifier } from './key-column.ts';
import { splitName } from './look-up.ts';
import { TYPE_WORDS } from './types.ts';
import type { Wish } from './wish.ts';

/** Which words of prose are names of columns and tables here. */
export interface Known {
  readonly column: (word: string) => boolean;
  readonly table: (word: string) => boolean;
}

/** A sentence that may ask for a change: its names are replaced by «0», «1», …, so that patterns need not know how names look. */
interface Sentence extends Said {
  readonly marked: string;
  readonly nameOf: (word: string) => string;
  readonly known: Known;
  /** Names of tables in it. */
  readonly tables: readonly string[];
}

const asking: readonly Slot[] = ['summary', 'target', 'functional', 'nonfunctional', 'rollout'];

/** The changes that sentences ask for. A word counts as a name when it stands in a code span, or when the database knows it. */
export function wishesInProse({ title, facts, notUnderstood }: Requirements, known: Known): Wish[] {
  const said: readonly (Said & Pick<Fact, 'names'>)[] = [
    ...(title === null ? [] : [{ text: title, line: null, block: null, names: [] }]),
    ...facts.filter(({ slot }) => asking.includes(slot)),
    ...notUnderstood.map((one) => ({ ...one, names: [] })),
  ];
  const once = said.filter(({ text, line }, i) => said.findIndex((o) => o.text === text && o.line === line) === i);
  return once.flatMap((one) => wishesOf(sentence(one, known)));
}

function sentence({ text, line, block, names }: Said & Pick<Fact, 'names'>, known: Known): Sentence {
  const all = [...names].sort((a, b) => b.name.length - a.name.length);
  let marked = text.replaceAll(/[«»]/gu, ' ');
  all.forEach(({ name }, i) => {
    marked = marked.split(name).join(`«${i}»`);
  });
  const nameOf = (word: string) => {
    const i = /^«(\d+)»$/u.exec(word)?.[1];
    return i === undefined ? word : (all[Number(i)]?.name ?? word);
  };
  const words = marked.match(/[A-Za-z_][\w$]*/gu) ?? [];
  const tables = [
    ...all.filter(({ kind, name }) => kind === 'table' || known.table(name)).map(({ name }) => name),
    ...words.filter((word) => known.table(word)),
  ];
  return { ...{ text, line, block, marked, nameOf, known }, tables: [...new Set(tables)] };
}

const W = String.raw`(«\d+»|[A-Za-z_][\w$]*(?:\.[A-Za-z_][\w$]*){0,2})`;
const OF = String.raw`(?:\s+(?:in|of|on)\s+(?:the\s+)?(?:table\s+)?${W}(?:\s+table)?)?`;
const THE = String.raw`(?:the\s+)?(?:columns?\s+|fields?\s+)?`;
const TYPE = String.raw`(?:an?\s+|type\s+)?(${TYPE_WORDS})(?![\w(])`;

const RENAMES = [
  new RegExp(
    String.raw`\brenam(?:e|es|ed|ing)\s+${THE}${W}(?:\s+column|\s+field)?${OF}\s+(?:to|into|as|→|->)\s+${W}`,
    'giu',
  ),
  new RegExp(
    String.raw`${W}(?:\s+column|\s+field)?${OF}\s+(?:is|gets|will be|shall be|should be|must be|has to be)\s+renamed\s+(?:to|into|as)\s+${W}`,
    'giu',
  ),
];
const CHANGES = [
  new RegExp(
    String.raw`\b(?:chang|alter|convert|widen|migrat|turn)\w*\s+(?:the\s+)?(?:type\s+of\s+)?${THE}${W}(?:\s+column)?${OF}(?:\s+from\s+${TYPE})?\s+(?:to|into)\s+${TYPE}`,
    'giu',
  ),
  new RegExp(
    String.raw`${W}()()\s+(?:becomes|must become|should become|shall become|will become|is to become|is widened to|is changed to|is converted to|must be|should be|shall be)\s+${TYPE}`,
    'giu',
  ),
];
const INDEXES = new RegExp(
  String.raw`\b(unique\s+)?index(?:es)?\s+(?:on|over|for)\s+${THE}${W}(?:\s*\(\s*([^()]+?)\s*\)|${OF})`,
  'giu',
);
const ADDS = new RegExp(
  String.raw`\badd\s+(?:an?\s+|the\s+)?(?:new\s+)?(?:column\s+)?${W}\s+(?:column\s+)?as\s+${TYPE}`,
  'giu',
);
/** What the words ask for that no operation does; the first that fits counts. */
const others: readonly (readonly [RegExp, string])[] = [
  [/\b(?:drop|remove|delete|dropped|removed|deleted)\b[^.;]*\bcolumns?\b/iu, 'drop a column'],
  [/\b(?:drop|remove|delete)\b[^.;]*\btables?\b/iu, 'drop a table'],
  [/\b(?:add|adds|adding)\b[^.;]*\bcolumns?\b|\bnew column\b/iu, 'add a column'],
  [/\brenam(?:e|ed|ing)\b[^.;]*\btable\b/iu, 'rename a table'],
  [/\bnot null\b/iu, 'make a column NOT NULL'],
  [/\bforeign key\b/iu, 'add a foreign key'],
  [/\bunique constraint\b/iu, 'add a constraint'],
  [/\bpartition(?:ed|ing)?\b[^.;]*\b(?:by|table)\b/iu, 'partition a table'],
  [/\bsplit\b[^.;]*\bcolumns?\b[^.;]*\binto\b/iu, 'split a column into several'],
  [
    /\b(?:move|moved|archive|archived|purge|purged|delete|deleted)\b[^.;]*\b(?:archive|rows|older than)\b|\bolder than\b[^.;]*\b(?:move|archive|purge|delete)/iu,
    'move or delete rows',
  ],
];

const DROPS = /\b(?:no|not|never|don['’]t|without)\b[^.;]*$/iu;

function wishesOf(s: Sentence): Wish[] {
  const found = [...renames(s), ...typeChanges(s), ...indexes(s), ...replacements(s)];
  if (found.length) return found;
  for (const [pattern, what] of others) {
    const match = pattern.exec(s.marked);
    if (!match || DROPS.test(s.marked.slice(0, match.index))) continue;
    const named = [...match[0].matchAll(new RegExp(W, 'giu'))].map(([, word = '']) => s.nameOf(word));
    const column = named.find((word) => s.known.column(word)) ?? null;
    return [{ ...base(s), kind: 'other', what, table: s.tables[0] ?? null, column }];
  }
  return [];
}

const base = ({ text, line, block }: Sentence): Said => ({ text, line, block });

/** A column as it is named at one place: `users.email`, or `email` beside the table that the sentence names. */
function place(s: Sentence, word: string, of = ''): { readonly table: string | null; readonly column: string } | null {
  const name = s.nameOf(word);
  const [split] = splitName(name);
  if (split && (word.startsWith('«') || s.known.table(split.table))) return split;
  if (!word.startsWith('«') && !s.known.column(name)) return null;
  const table = of === '' ? s.tables.find((t) => t !== name) : s.nameOf(of);
  return { table: table ?? null, column: name };
}

/** A new name: in a code span, or with something in it that ordinary words have not. */
const isNewName = (word: string) => word.startsWith('«') || /_|[a-z][A-Z]/u.test(word);

const matches = (patterns: readonly RegExp[], { marked }: Sentence) =>
  patterns.flatMap((pattern) => [...marked.matchAll(pattern)]);

const renames = (s: Sentence): Wish[] =>
  matches(RENAMES, s).flatMap(([, from = '', of = '', to = '']) => {
    const at = place(s, from, of);
    const target = s.nameOf(to).split('.').at(-1) ?? '';
    if (!at || !isNewName(to) || s.known.table(s.nameOf(from))) return [];
    return [{ ...base(s), kind: 'rename_column', table: at.table, from: at.column, to: target }];
  });

const typeChanges = (s: Sentence): Wish[] =>
  matches(CHANGES, s).flatMap((match) => {
    const [, column = '', of = ''] = match;
    const [was, type] = match.length > 4 ? [match[3] ?? null, match[4] ?? ''] : [null, match[3] ?? ''];
    const at = place(s, column, of);
    if (!at || s.known.table(s.nameOf(column))) return [];
    const change = { table: at.table, column: at.column, type, was: was === '' ? null : was };
    return [{ ...base(s), kind: 'change_column_type', ...change, to: null, up: null, down: null }];
  });

const indexes = (s: Sentence): Wish[] =>
  [...s.marked.matchAll(INDEXES)].flatMap((match) => {
    const [, unique, word = '', list, of = ''] = match;
    if (/\b(?:drop|remove|rebuild|delete|without|no)\b[^.;]*$/iu.test(s.marked.slice(0, match.index))) return [];
    const about = { name: null, unique: unique !== undefined, method: 'btree', include: [], where: null } as const;
    if (list !== undefined) {
      const columns = list.split(/\s*,\s*/u).map(s.nameOf);
      return [{ ...base(s), kind: 'create_index', table: s.nameOf(word), columns, ...about }];
    }
    const at = place(s, word, of);
    if (!at || s.known.table(s.nameOf(word))) return [];
    return [{ ...base(s), kind: 'create_index', table: at.table, columns: [at.column], ...about }];
  });

/** A column that is added and takes over all reads, beside the one that its name extends: `price` → `price_cents`. */
const replacements = (s: Sentence): Wish[] =>
  [...s.marked.matchAll(ADDS)].flatMap(([, word = '', type = '']) => {
    const to = s.nameOf(word);
    const stem = /^(.+)_[a-z]+$/u.exec(to)?.[1];
    const takesOver = /\b(?:move|switch)\w*\b[^.;]*\breads?\b|\breplac/iu.test(s.marked);
    if (stem === undefined || !takesOver || !s.known.column(stem)) return [];
    const cents = to === `${stem}_cents`;
    const [up, down] = cents ? [`round(${identifier(stem)} * 100)`, `${identifier(to)} / 100.0`] : [null, null];
    const change = { table: s.tables[0] ?? null, column: stem, type, was: null, to, up, down };
    return [{ ...base(s), kind: 'change_column_type', ...change }];
  });
