import type { Code, Heading, ListItem, Nodes, Root, Table } from 'mdast';
import { parseDocument } from 'yaml';
import { idIn } from './phrases.ts';
import type { Place } from './requirements.ts';

/** One thing the specification says, with the headings and labels above it, outermost first. */
export interface Entry extends Place {
  readonly kind: 'text' | 'code' | 'table';
  /** Without its label, on one line; the code of a fence. */
  readonly text: string;
  /** `**Current**:` or `Current:` in front of it, or null. */
  readonly label: string | null;
  readonly above: readonly string[];
  /** In code spans. */
  readonly codes: readonly string[];
  /** A list item; with a box when `checked` is not null. */
  readonly item: boolean;
  readonly checked: boolean | null;
  readonly node: Nodes;
}

export interface Outline {
  readonly title: (Place & { readonly text: string }) | null;
  readonly meta: Readonly<Record<string, string>>;
  readonly entries: readonly Entry[];
}

/** A specification as a flat list. Quotes, callouts, toggles and columns are what is in them. */
export function outlineOf(root: Root): Outline {
  const entries: Entry[] = [];
  let title: Outline['title'] = null;
  const meta: Record<string, string> = {};
  let headings: { depth: number; text: string }[] = [];

  const takeHeading = (node: Heading): void => {
    const text = textOf(node);
    if (title === null && node.depth === 1) title = { text, ...placeOf(node) };
    else headings = [...headings.filter(({ depth }) => depth < node.depth), { depth: node.depth, text }];
    if (idIn(text)?.rest)
      entries.push(
        ...paragraphEntries(
          node,
          headings.slice(0, -1).map((heading) => heading.text),
        ).entries,
      );
  };
  const walk = (nodes: readonly Nodes[], labels: readonly string[]): void => {
    const section = { label: null as string | null, filled: false };
    for (const node of nodes) {
      if (endsSection(node, section.filled)) Object.assign(section, { label: null, filled: false });
      const inside = [...labels, ...(section.label === null ? [] : [section.label])];
      const above = [...headings.map(({ text }) => text), ...inside];
      if (node.type !== 'paragraph') section.filled = true;
      if (node.type === 'heading') takeHeading(node);
      else if (node.type === 'paragraph') {
        const made = paragraphEntries(node, above);
        entries.push(...made.entries);
        section.label = made.opens ?? section.label;
        section.filled = false;
      } else if (node.type === 'code' || node.type === 'table') entries.push(wholeEntry(node, above));
      else if (node.type === 'list') for (const item of node.children) walkItem(item, inside);
      else if ('children' in node) walk(node.children, inside);
    }
  };
  const walkItem = (item: ListItem, labels: readonly string[]): void => {
    const [first, ...rest] = item.children;
    if (first?.type !== 'paragraph') return walk(item.children, labels);
    const made = paragraphEntries(first, [...headings.map(({ text }) => text), ...labels], item);
    entries.push(...made.entries);
    const own = made.opens ?? made.entries[0]?.label ?? null;
    walk(rest, own === null ? labels : [...labels, own]);
  };
  for (const node of root.children) if (node.type === 'yaml') Object.assign(meta, frontMatter(node.value));
  walk(root.children, []);
  return { title, meta, entries };
}

/** A label is about what follows it up to the next paragraph behind a list, a table or code. */
const endsSection = ({ type }: Nodes, filled: boolean) => type === 'heading' || (type === 'paragraph' && filled);

/** A paragraph that is only a label opens a section; one with labelled lines is several entries. */
function paragraphEntries(node: Nodes, above: readonly string[], item: ListItem | null = null) {
  const lines = linesOf(node).flatMap(splitSentences);
  let opens: string | null = null;
  const entries: Entry[] = [];
  for (const line of joined(lines)) {
    const { label, rest } = splitLabel(line);
    if (label !== null && rest === '') opens = label;
    const base = {
      kind: 'text',
      above,
      codes: line.codes,
      item: item !== null,
      checked: item?.checked ?? null,
      node,
    } as const;
    const place = { ...placeOf(node), line: line.line };
    if (label === null || rest !== '')
      entries.push({ ...base, ...place, label, text: rest, above: opens === null ? above : [...above, opens] });
  }
  return { entries, opens };
}

/** A sentence that begins with a label or an id stands for itself, also where the line goes on. */
function splitSentences(line: Line): Line[] {
  const parts = line.text.split(/(?<=[.;!?])\s+(?=(?:[A-Z]{1,4}-\d[\d.]*|\p{Lu}\p{L}+(?: \p{L}+)?):\s)/u);
  return parts.map((text, i) => ({
    ...line,
    text,
    strong: i ? null : line.strong,
    codes: line.codes.filter((code) => text.includes(code)),
  }));
}

interface Line {
  readonly text: string;
  /** Bold at its beginning. */
  readonly strong: string | null;
  readonly codes: readonly string[];
  readonly line: number | null;
}

/** Lines that begin with a label stand for themselves; others go on with the one before. */
function joined(lines: readonly Line[]): Line[] {
  const result: Line[] = [];
  for (const line of lines) {
    const last = result.at(-1);
    if (!last || splitLabel(line).label !== null || /^(?:given|when|then|as an?|i want|so that)\b/iu.test(line.text))
      result.push(line);
    else
      result[result.length - 1] = { ...last, text: `${last.text} ${line.text}`, codes: [...last.codes, ...line.codes] };
  }
  return result;
}

/** `**Current:** text`, `**Current** text` or `Current: text`. */
function splitLabel({ text, strong }: Line): { label: string | null; rest: string } {
  if (strong !== null && text.startsWith(strong)) {
    const rest = text.slice(strong.length);
    const cut = /^\s*[:–—-]?\s*/u.exec(rest)?.[0] ?? '';
    if (strong.endsWith(':') || cut.trim() !== '' || rest === '')
      return { label: strong.replace(/\s*:$/u, ''), rest: rest.slice(cut.length).trim() };
  }
  const [all, label] = /^([\p{L}][\p{L}\p{N} /&’'()-]{1,38}):(?:\s+|$)/u.exec(text) ?? [];
  return all === undefined || label === undefined
    ? { label: null, rest: text }
    : { label, rest: text.slice(all.length).trim() };
}

function linesOf(node: Nodes): Line[] {
  const lines: { text: string; strong: string | null; codes: string[]; line: number | null }[] = [];
  let number = node.position?.start.line ?? null;
  const start = () => lines.push({ text: '', strong: null, codes: [], line: number });
  start();
  const newLine = () => {
    if (number !== null) number += 1;
    start();
  };
  const add = (text: string) => {
    text.split('\n').forEach((part, i) => {
      if (i) newLine();
      const last = lines.at(-1);
      if (last) last.text += part;
    });
  };
  const visit = (child: Nodes): void => {
    const last = lines.at(-1);
    if (child.type === 'break') {
      if (child.position) newLine();
      else add(' ');
    } else if (child.type === 'strong' && last?.text === '') {
      last.strong = textOf(child);
      add(textOf(child));
    } else if (child.type === 'inlineCode') {
      last?.codes.push(child.value);
      add(child.value);
    } else if ('children' in child) child.children.forEach(visit);
    else if ('value' in child && child.type !== 'html') add(child.value);
    else if (child.type === 'image') add(child.alt ?? '');
  };
  if ('children' in node) node.children.forEach(visit);
  return lines
    .map((line) => ({ ...line, text: line.text.replaceAll(/[\s\u00a0]+/gu, ' ').trim() }))
    .filter(({ text }) => text !== '');
}

/** What a node says, on one line. */
export const textOf = (node: Nodes): string =>
  linesOf(node)
    .map(({ text }) => text)
    .join(' ');

const placeOf = ({ position, data }: Nodes): Place => ({
  line: position?.start.line ?? null,
  block: (data as { block?: string } | undefined)?.block ?? null,
});

const wholeEntry = (node: Code | Table, above: readonly string[]): Entry => ({
  ...(node.type === 'code' ? { kind: 'code', text: node.value } : { kind: 'table', text: '' }),
  ...{ label: null, above, codes: [], item: false, checked: null, node },
  ...placeOf(node),
});

function frontMatter(text: string): Record<string, string> {
  const document = parseDocument(text);
  const value: unknown = document.errors.length ? null : document.toJS();
  if (typeof value !== 'object' || value === null) return {};
  const plain = (field: unknown) => (typeof field === 'string' || typeof field === 'number' ? [String(field)] : []);
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, field]) => plain(field).map((one) => [key.toLowerCase(), one])),
  );
}
