import type { Measure, Name, Priority, Slot } from './requirements.ts';

const scale: Readonly<Record<string, number>> = {
  k: 1e3,
  thousand: 1e3,
  m: 1e6,
  mio: 1e6,
  million: 1e6,
  b: 1e9,
  bn: 1e9,
  billion: 1e9,
};
const COUNTED =
  'users?|customers?|accounts?|rows?|records?|documents?|tenants?|orders?|requests?|entries|subscribers?|members?|products?|events?';
const COUNT = new RegExp(
  String.raw`(at least|more than|over|up to|about|~|under|fewer than|≥|>)?\s*(?<![\w.,-])(\d[\d,._ ]*\d|\d)\s*(k|m|mio|bn|b|thousand|million|billion)?(\+)?\s*(?:[a-z-]+\s+){0,2}?(${COUNTED})\b`,
  'giu',
);
const TIME =
  /(under|below|within|less than|at most|no more than|max(?:imum)?|up to|<|≤|<=)?\s*(?<![\w.])(\d+(?:\.\d+)?)\s*(ms|milliseconds?|s|sec(?:onds?)?|min(?:utes?)?|h(?:ours?)?)\b/giu;
const RATE =
  /(\d[\d,.]*)\s*(k)?\s*(rps|qps|tps|requests?\/s|rows?\/s|queries per second|requests per second|%)(?!\w)/giu;

/** "1M+ users", "at least 20,000 rows": how much there is. */
export const countsIn = (text: string): Measure[] =>
  [...text.matchAll(COUNT)].map(([, word = '', digits = '', unit = '', plus, of = '']) => ({
    comparison:
      plus !== undefined || /^(?:at least|more than|over|≥|>)/iu.test(word)
        ? '>='
        : /^(?:up to|under|fewer)/iu.test(word)
          ? '<='
          : '=',
    value: numberOf(digits) * (scale[unit.toLowerCase()] ?? 1),
    unit: of.toLowerCase(),
  }));

/** "p95 under 50 ms", "2000 requests/s", "99.9 %". */
export const measuresIn = (text: string): Measure[] => [
  ...[...text.matchAll(TIME)].map(([, word, digits = '', unit = '']): Measure => ({
    comparison: word === undefined ? '=' : '<=',
    value: Number(digits),
    unit: timeUnit(unit),
  })),
  ...[...text.matchAll(RATE)].map(([, digits = '', k, unit = '']): Measure => ({
    comparison: '=',
    value: numberOf(digits) * (k ? 1000 : 1),
    unit: unit.toLowerCase(),
  })),
];

const timeUnit = (unit: string): string =>
  /^ms|^mill/iu.test(unit) ? 'ms' : /^s/iu.test(unit) ? 's' : /^m/iu.test(unit) ? 'min' : 'h';

/** 20,000 and 20_000 are grouped; 1.5 is not. */
const numberOf = (digits: string): number => {
  const plain = digits.replaceAll(/[,_ ](?=\d{3}(?:\D|$))/gu, '');
  return Number(/^\d+(?:\.\d{3}){2,}$/u.test(plain) ? plain.replaceAll('.', '') : plain.replaceAll(/[,_ ]/gu, ''));
};

/** What a sentence says whatever stands above it. */
const sayings: readonly { readonly slot: Slot; readonly rule: string; readonly says: (text: string) => boolean }[] = [
  {
    slot: 'downtime',
    rule: 'phrase: no downtime',
    says: (text) =>
      /\b(?:zero|no|without|any)[- ]?(?:\w+ )?down-?time\b|\bno (?:service )?(?:outage|interruption)\b/iu.test(text),
  },
  { slot: 'downtime', rule: 'phrase: downtime allowed', says: allowsDowntime },
  {
    slot: 'compatibility',
    rule: 'phrase: backward compatible',
    says: (text) =>
      /\bbackwards?[- ]compatib/iu.test(text) &&
      !/\b(?:not|no|without|need not|break)\b[^.]*\bbackwards?[- ]compatib/iu.test(text),
  },
  { slot: 'scale', rule: 'phrase: number of rows or users', says: (text) => countsIn(text).length > 0 },
  {
    slot: 'performance',
    rule: 'phrase: time or rate',
    says: (text) =>
      /\bp\d\d|latenc|response|throughput|quer|read|write|lookup|load/iu.test(text) &&
      measuresIn(text).some(({ unit }) => unit !== '%') &&
      !allowsDowntime(text),
  },
];

/** A window of maintenance, or some downtime that would be accepted. */
function allowsDowntime(text: string): boolean {
  return (
    /\bmaintenance window\b|\bdown-?time\b[^.]*\b(?:acceptable|accepted|allowed|ok|fine|of \d)|\b\d+\s*(?:s|sec|min|minutes?|hours?|h)\b[^.]*\bdown-?time\b/iu.test(
      text,
    ) && !/\b(?:zero|no|without)[- ](?:\w+ )?(?:down-?time|maintenance window)\b/iu.test(text)
  );
}

export const sayingsIn = (text: string) =>
  sayings.filter(({ says }) => says(text)).map(({ slot, rule }) => ({ slot, rule }));

/** FR-2.1, NFR-3, AC-1 …: the id in front, and what it numbers. */
export function idIn(text: string): { readonly id: string; readonly rest: string; readonly slot: Slot } | null {
  const [all, id = '', prefix = ''] =
    /^\[?((FR|NFR|REQ|R|AC|PERF|SEC|US|DB|MIG|RISK)[-_ ]?\d+(?:\.\d+)*)\]?(?:\s*[:.)–—-]\s*|\s+(?=\p{Lu})|$)/u.exec(
      text,
    ) ?? [];
  if (all === undefined) return null;
  return { id, rest: text.slice(all.length).trim(), slot: idSlots[prefix] ?? 'functional' };
}

const idSlots: Readonly<Record<string, Slot>> = {
  NFR: 'nonfunctional',
  SEC: 'nonfunctional',
  PERF: 'performance',
  AC: 'acceptance',
  RISK: 'risks',
};

/** MoSCoW by a word of priority, or by the verb. */
export function priorityIn(text: string): Priority | null {
  if (/\b(?:P0|critical|must[- ]have)\b/iu.test(text)) return 'must';
  if (/\bP3\b|\bwon['’]?t(?:[- ]have)?\b|\bfuture\b/iu.test(text)) return 'wont';
  if (/\b(?:P1|important|should[- ]have)\b/iu.test(text)) return 'should';
  if (/\b(?:P2|nice[- ]to[- ]have|could[- ]have)\b/iu.test(text)) return 'could';
  if (/\b(?:must|shall|has to|have to|required to)\b/iu.test(text)) return 'must';
  if (/\bshould\b/iu.test(text)) return 'should';
  return /\b(?:could|optionally)\b|\bmay\b(?! not)/iu.test(text) && !/\bonly\b/iu.test(text) ? 'could' : null;
}

const IDENTIFIER = /^[a-z_][a-z0-9_$]*(?:\.[a-z_][a-z0-9_$]*)?$/iu;

/** Says that something gets another name. */
export const RENAME = /\brenam(?:e|es|ed|ing)\b|\bumbenenn/iu;

/** Names in code spans, as tables or columns where the words around them say so. */
export function namesIn(text: string, codes: readonly string[]): Name[] {
  const named = codes
    .filter((code) => IDENTIFIER.test(code) || RENAME.test(text) || spokenKind(code, text) !== null)
    .map((name): Name => ({ kind: kindOf(name, text), name }));
  const spoken = [
    ...text.matchAll(
      /(?:\b|^)([a-z][a-z0-9]*(?:_[a-z0-9]+)+)(?= (?:tables?|columns?)\b)|\b(?:table|column) ([a-z][a-z0-9_]*_[a-z0-9_]+)\b/gu,
    ),
  ]
    .map(([, before, after]) => before ?? after ?? '')
    .map((name): Name => ({ kind: kindOf(name, text), name }));
  return [...named, ...spoken].filter(({ name }, i, all) => all.findIndex((other) => other.name === name) === i);
}

const kindOf = (name: string, text: string): Name['kind'] =>
  spokenKind(name, text) ?? (name.includes('.') ? 'column' : 'name');

/** What the words beside it call it, if anything. */
function spokenKind(name: string, text: string): 'table' | 'column' | null {
  const at = text.indexOf(name);
  const after = text.slice(at + name.length);
  const before = text.slice(0, Math.max(at, 0));
  const list = /^(?:\s*,\s*(?:and )?[\w.]+|\s+(?:and|or|&)\s+[\w.]+)*/u.exec(after)?.[0] ?? '';
  const next = after.slice(list.length);
  if (
    /^\s+(?:\w+\s+)?tables?\b/iu.test(next) ||
    /\b(?:tables?|tabellen?):?\s+(?:[\w.]+(?:,| and| und)\s+)*$/iu.test(before)
  )
    return 'table';
  if (
    /^\s+(?:\w+\s+)?columns?\b/iu.test(next) ||
    /\b(?:columns?|spalten?):?\s+(?:[\w.]+(?:,| and| und)\s+)*$/iu.test(before)
  )
    return 'column';
  return null;
}

const VAGUE =
  /\b(?:fast(?:er)?|quick(?:ly)?|good|better|user-friendly|easy|easily|as expected|properly|correctly|smooth(?:ly)?|minimal|reasonable|soon|robust|well|nice|acceptable|efficient(?:ly)?|appropriate(?:ly)?|happy|works?)\b/iu;
/** A criterion that somebody could check, rather than a wish. */
export const isTestable = (text: string): boolean => /\d/u.test(text) || !VAGUE.test(text);
