import type { Root } from 'mdast';
import { clarificationsOf } from './clarifications.ts';
import { columnsIn, rowsOf } from './column-tables.ts';
import { isSql, sideOf, sqlIn } from './fences.ts';
import { labelReader, type OwnLabels, plainLabel } from './labels.ts';
import { type Entry, outlineOf } from './outline.ts';
import { countsIn, idIn, isTestable, measuresIn, namesIn, priorityIn, sayingsIn } from './phrases.ts';
import { prismaColumns } from './prisma.ts';
import type { Fact, ProposedSql, Requirements, Slot, SpecifiedColumn } from './requirements.ts';

export interface ExtractOptions {
  /** The file or page, as it is called. */
  readonly source: string;
  /** A page's own title, where it has one. */
  readonly title?: string;
  readonly labels?: OwnLabels;
}

/** What a specification says, fact by fact, with the place of each and the rule that found it. Nothing is made up: what is missing or unclear becomes a question. */
export function extractRequirements(root: Root, { source, title, labels }: ExtractOptions): Requirements {
  const outline = outlineOf(root);
  const slotOfLabel = labelReader(labels);
  const found: Found = { facts: [], columns: [], sql: [], notUnderstood: [] };
  mergeSentences(outline.entries).forEach((entry, i) => readEntry(entry, slotOfLabel, found, i === 0));
  const named = title ?? outline.title?.text ?? outline.meta['title'] ?? outline.meta['name'] ?? null;
  const priority = outline.meta['priority'];
  if (priority !== undefined)
    found.facts.unshift(fact({ slot: 'priority', text: priority, rule: 'front matter', line: 1, block: null }, []));
  return {
    schema: 'lockkeeper.requirements/1',
    source,
    title: named === null ? null : plainTitle(named),
    ...found,
    clarifications: clarificationsOf({ ...found, title: named }),
  };
}

interface Found {
  readonly facts: Fact[];
  readonly columns: SpecifiedColumn[];
  readonly sql: ProposedSql[];
  readonly notUnderstood: { text: string; line: number | null; block: string | null }[];
}

type SlotOf = (label: string) => Slot | null;

function readEntry(entry: Entry, slotOfLabel: SlotOf, found: Found, first: boolean): void {
  const { slot, rule } = slotAbove(entry, slotOfLabel);
  if (entry.kind === 'code') readCode(entry, slot, found);
  else if (entry.kind === 'table') readTable(entry, slot, rule, found);
  else readText(entry, slot, rule, found, first);
}

/** By its own label, else by the nearest heading or label above. */
function slotAbove({ label, above }: Entry, slotOfLabel: SlotOf): { slot: Slot | null; rule: string } {
  const own = label === null ? null : slotOfLabel(label);
  if (own !== null) return { slot: own, rule: `label “${label ?? ''}”` };
  for (const heading of [...above].reverse()) {
    const slot = slotOfLabel(heading);
    if (slot) return { slot, rule: `under “${heading}”` };
  }
  return { slot: null, rule: '' };
}

function readText(entry: Entry, above: Slot | null, rule: string, found: Found, first: boolean): void {
  const { label } = entry;
  const subject = plainLabel(label ?? entry.above.at(-1) ?? '');
  if (METADATA.test(subject)) return;
  const id = idIn(label ?? entry.text);
  const text = wordsOf(entry, id !== null, rule);
  const byShape = shapeOf(entry, text, first);
  if (id) return record(found, { ...entry, text, slot: slotOfId(id.slot, above), rule: `id ${id.id}`, id: id.id });
  if (above === null) return record(found, { ...entry, text, slot: byShape?.slot ?? null, rule: byShape?.rule ?? '' });
  record(found, { ...entry, text, slot: above, rule: byShape?.rule === STORY ? `${STORY}, ${rule}` : rule });
}

/** Without the label or the id that was understood; one that was not is a part of what is said. */
function wordsOf({ label, text }: Entry, numbered: boolean, rule: string): string {
  if (numbered) return label === null ? (idIn(text)?.rest ?? text) : text;
  return label === null || rule.startsWith('label') ? text : `${label}: ${text}`;
}

type Said = Omit<Basics, 'slot'> & { readonly slot: Slot | null; readonly codes: readonly string[] };

/** What stands in a slot, and what its words say besides. */
function record(found: Found, { slot, text, rule, line, block, id = null, codes }: Said): void {
  const make = (of: Slot, by: string) => fact({ slot: of, text, rule: by, line, block, id }, codes);
  const said = silent(slot) ? [] : sayingsIn(text).filter((saying) => saying.slot !== slot);
  if (slot !== null) found.facts.push(make(slot, rule));
  for (const saying of said) found.facts.push(make(saying.slot, saying.rule));
  if (slot === null && !said.length) found.notUnderstood.push({ text, line, block });
}

const STORY = 'user story';

/** About the page, not about the change. */
const METADATA =
  /^(?:status|authors?|date|owner|reviewers?|created|updated|version|team|ticket|epic|estimate|labels|assignee|sprint|tags|last updated|deciders)$/u;

/** What is said here is not asked for. */
const silent = (slot: Slot | null): boolean => slot === 'exclusions' || slot === 'alternatives' || slot === 'questions';

/** Numbered as a requirement, but under Non-goals: what stands above counts. */
const slotOfId = (slot: Slot, above: Slot | null): Slot =>
  silent(above)
    ? (above ?? slot)
    : slot === 'functional' && above !== null && above !== 'summary' && above !== 'target'
      ? above
      : slot;

function shapeOf({ checked }: Entry, text: string, first: boolean): { slot: Slot; rule: string } | null {
  if (/^as an? .+?\bi (?:want|need|can|would like)\b/iu.test(text)) return { slot: 'functional', rule: STORY };
  if (/^given\b.*\bthen\b/iu.test(text)) return { slot: 'acceptance', rule: 'given, when, then' };
  if (checked !== null) return { slot: 'acceptance', rule: 'check box' };
  return first ? { slot: 'summary', rule: 'first paragraph' } : null;
}

type Basics = Pick<Fact, 'slot' | 'text' | 'rule' | 'line' | 'block'> & { readonly id?: string | null };

const fact = ({ id = null, ...basics }: Basics, codes: readonly string[]): Fact => ({
  ...basics,
  id,
  priority: priorityIn(basics.text),
  names: namesIn(basics.text, codes),
  measures: [...countsIn(basics.text), ...measuresIn(basics.text)],
  testable: basics.slot === 'acceptance' ? isTestable(basics.text) : null,
});

function readCode(entry: Entry, slot: Slot | null, found: Found): void {
  const side = sideOf(slot);
  const { line, block, text } = entry;
  if (isSql(entry)) {
    const { sql, columns } = sqlIn(entry, side);
    found.sql.push(...sql);
    found.columns.push(...columns);
    return;
  }
  const gherkin = entry.node.type === 'code' && /^(?:gherkin|feature)$/iu.test(entry.node.lang ?? '');
  if (gherkin) {
    const scenarios = text.split(/^\s*Scenario[^:\n]*:.*$/gmu).map((part) => part.replaceAll(/\s+/gu, ' ').trim());
    const spoken = scenarios.filter((part) => /\bThen\b/u.test(part));
    found.facts.push(
      ...spoken.map((part) => fact({ slot: 'acceptance', text: part, rule: 'gherkin', line, block }, [])),
    );
    return;
  }
  const columns = side === 'current' || side === 'target' ? prismaColumns(entry, side) : [];
  if (columns.length) found.columns.push(...columns);
  else found.notUnderstood.push({ text: text.split('\n')[0] ?? '', line, block });
}

function readTable(entry: Entry, slot: Slot | null, rule: string, found: Found): void {
  if (entry.node.type !== 'table') return;
  const columns = silent(slot) ? [] : columnsIn(entry, slot === 'current' ? 'current' : 'target');
  if (columns.length) return void found.columns.push(...columns);
  for (const { cells, line } of rowsOf(entry.node)) {
    const values = Object.values(cells).filter((cell) => cell !== '');
    const id = values.map((cell) => idIn(cell)).find((one) => one?.rest === '') ?? null;
    const text = values.filter((cell) => idIn(cell)?.rest !== '').join('; ');
    if (text === '') continue;
    const said = { text, line, block: entry.block, codes: [] };
    if (id) record(found, { ...said, slot: slotOfId(id.slot, slot), rule: `id ${id.id}`, id: id.id });
    else record(found, { ...said, slot, rule });
  }
}

const STARTS = /^(?:as an?|given)\b/iu;
const GOES_ON = /^(?:i want|i need|so that|when|then|and)\b/iu;

/** A user story or a scenario may be spread over several lines or items. */
function mergeSentences(entries: readonly Entry[]): Entry[] {
  const result: Entry[] = [];
  for (const entry of entries) {
    const last = result.at(-1);
    const mergeable =
      last?.kind === 'text' && entry.kind === 'text' && STARTS.test(last.text) && GOES_ON.test(entry.text);
    if (mergeable)
      result[result.length - 1] = {
        ...last,
        text: `${last.text.replace(/[,.]$/u, '')}, ${entry.text}`,
        codes: [...last.codes, ...entry.codes],
      };
    else result.push(entry);
  }
  return result;
}

/** Without the kind of the page: `RFC 12: …`. */
const plainTitle = (title: string): string =>
  title
    .replace(
      /^(?:prd|rfc|adr|spec|specification|design(?: doc)?|feature|ticket|epic|user story)\b[\s#-]*\d*\s*[:–-]\s*/iu,
      '',
    )
    .trim() || title;
