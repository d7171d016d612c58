import { isMap, isScalar, parseDocument, type Pair, stringify, type YAMLMap } from 'yaml';

export type Field = string | number | readonly string[];

const FRONT_MATTER = /^(\uFEFF?---[ \t]*\r?\n)((?:[^]*?\n)?)---[ \t]*(?:\r?\n|$)/u;

/** Where the text begins behind its front matter; 0 without one. */
export const frontMatterEnd = (text: string): number => FRONT_MATTER.exec(text)?.[0].length ?? 0;

/** The fields of the YAML front matter; none where there is none; null where it cannot be read. */
export function frontMatterOf(text: string): Readonly<Record<string, unknown>> | null {
  const [, , yaml = ''] = FRONT_MATTER.exec(text) ?? [];
  return fieldsOf(yaml);
}

function fieldsOf(yaml: string): Readonly<Record<string, unknown>> | null {
  if (yaml.trim() === '') return {};
  const document = parseDocument(yaml);
  if (document.errors.length) return null;
  if (document.contents === null) return {};
  if (!isMap(document.contents) || document.contents.flow === true) return null;
  try {
    return document.toJS() as Record<string, unknown>;
  } catch {
    return null; // aliases without end
  }
}

export interface NewFields {
  readonly text: string;
  /** `status: to do → done`. */
  readonly changes: readonly string[];
  /** It cannot be read, or not changed safely; the text is then as it was. */
  readonly damaged: boolean;
}

/** The text with these fields in its front matter; an empty list takes a field out. All the rest stays byte for byte. */
export function withFields(text: string, wanted: Readonly<Record<string, Field>>): NewFields {
  const damaged = { text, changes: [], damaged: true };
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const [all = '', head = `---${eol}`, yaml = ''] = FRONT_MATTER.exec(text) ?? [];
  const before = fieldsOf(yaml);
  if (before === null) return damaged;
  const different = Object.entries(wanted).filter(([name, value]) => !isSame(before[name] ?? [], value));
  if (!different.length) return { text, changes: [], damaged: false };
  const after = different.reduce((now, [name, value]) => withField(now, name, value, eol), yaml);
  const expected = { ...before, ...Object.fromEntries(different) };
  const got = fieldsOf(after);
  const names = [...new Set([...Object.keys(expected), ...Object.keys(got ?? {})])];
  if (!got || !names.every((name) => isSame(got[name] ?? [], expected[name] ?? []))) return damaged;
  const rest = all === '' ? `---${eol}${text === '' ? '' : eol}${text}` : text.slice(head.length + yaml.length);
  const changes = different.map(([name, value]) => `${name}: ${changeOf(before[name], value)}`);
  return { text: head + after + rest, changes, damaged: false };
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

function withField(yaml: string, name: string, value: Field, eol: string): string {
  const line = isEmpty(value) ? '' : stringify({ [name]: value }, { lineWidth: 0 }).replaceAll('\n', eol);
  const pair = pairOf(yaml, name);
  if (!pair) return yaml + (yaml === '' || yaml.endsWith('\n') ? '' : eol) + line;
  const [start, end] = pair;
  const [above, below] = [yaml.slice(0, start), yaml.slice(end)];
  if (yaml.slice(start, end).endsWith('\n')) return above + line + below;
  return above + (line === '' ? below.replace(/^[^\n]*\n?/u, '') : line.trimEnd() + below);
}

/** From the first letter of a field to the end of its value. */
function pairOf(yaml: string, name: string): readonly [number, number] | null {
  const { contents } = parseDocument(yaml);
  const pairs = isMap(contents) ? (contents as YAMLMap).items : [];
  const pair = pairs.find(({ key }: Pair) => isScalar(key) && key.value === name);
  const [start] = isScalar(pair?.key) ? (pair.key.range ?? []) : [];
  const end = (pair?.value as { range?: readonly number[] } | null | undefined)?.range?.[1];
  return start === undefined || end === undefined ? null : [start, end];
}

const isEmpty = (value: unknown): boolean => Array.isArray(value) && !value.length;

const changeOf = (before: unknown, after: Field): string =>
  before === undefined ? shown(after) : `${shown(before)} → ${isEmpty(after) ? 'none' : shown(after)}`;

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
