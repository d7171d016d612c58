import { isAlias, isMap, isNode, isScalar, isSeq, parseDocument, visit, type Document, type YAMLError } from 'yaml';
import { lineAndColumn, type Path } from './problem.ts';
import { firstTooDeep } from './yaml-depth.ts';
import {
  digitsLost,
  duplicateKey,
  losesDigits,
  maxTextLength,
  protoKey,
  tooDeep,
  tooLong,
  unreadable,
  type Flaw,
  type Source,
} from './source.ts';

/** What a YAML 1.2 text holds; its messages never quote the text, which may hold a password. */
export function parseYaml(given: string): Source {
  const text = given.replace(/^\uFEFF/u, '');
  if (text.length > maxTextLength) return unreadable(text, [tooLong]);
  const deep = firstTooDeep(text);
  if (deep !== null) return unreadable(text, [tooDeep(deep)]);
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'error' });
  const syntax = document.errors.filter((e) => e.code !== 'DUPLICATE_KEY');
  if (syntax.length) return unreadable(text, onePerLine(text, syntax));
  const { fatal, flaws } = inspect(document);
  if (fatal.length) return unreadable(text, fatal);
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return { text, value, readable: true, flaws, offsetOf: (path, part) => offsetOf(document, path, part) };
  } catch {
    return unreadable(text, [{ offset: firstAlias(document), ...aliasBomb }]);
  }
}

const aliasBomb = {
  message: 'The aliases (*name) from here on multiply into far too much data.',
  suggestion: 'Write the values out.',
};

const start = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined);

/** One mistake often breaks the rest of its line in several ways: the first says it. */
function onePerLine(text: string, errors: readonly YAMLError[]): Flaw[] {
  const lines = new Map<number, Flaw>();
  for (const error of errors.slice(0, 100)) {
    const flaw = fromError(text, error);
    const { line } = lineAndColumn(text, flaw.offset);
    if (!lines.has(line)) lines.set(line, flaw);
  }
  return [...lines.values()].sort((a, b) => a.offset - b.offset).slice(0, 20);
}

function fromError(text: string, { code, message, pos }: YAMLError): Flaw {
  const offset = pos[0];
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1).split('\n', 1)[0] ?? '';
  if (code === 'TAB_AS_INDENT')
    return { offset, message: 'A tab cannot indent YAML.', suggestion: 'Use spaces instead.' };
  if (code === 'MULTIPLE_DOCS')
    return {
      offset,
      message: 'A second document starts here: one file holds one.',
      suggestion: 'Move it to a file of its own.',
    };
  if (code === 'BAD_DQ_ESCAPE')
    return {
      offset,
      message: 'In double quotes a backslash starts an escape, and this is none.',
      suggestion: 'Use single quotes.',
    };
  if (/[{[][^"']*\$\{/u.test(line))
    return {
      offset,
      message: 'Inside { } and [ ] a ${NAME} needs quotes.',
      suggestion: 'Write "${NAME}", with the quotes.',
    };
  return {
    offset,
    message: `This is not YAML: ${(message.split(': ')[0] ?? '').replace(/\.$/u, '')}.`,
    suggestion: null,
  };
}

/** What YAML allows and a document that people review should not hold. */
function inspect(document: Document.Parsed): { fatal: Flaw[]; flaws: Flaw[] } {
  const fatal: Flaw[] = document.warnings.map(({ code, pos }) => ({
    offset: pos[0],
    message: code === 'TAG_RESOLVE_FAILED' ? 'Tags (!name) are not supported.' : 'This directive is not supported.',
    suggestion: 'Remove it.',
  }));
  const flaws: Flaw[] = document.errors.slice(0, 20).map((e) => duplicateKey(e.pos[0]));
  visit(document, {
    Alias: (_, node, path) => {
      const offset = start(node) ?? 0;
      const target = node.resolve(document);
      if (!target)
        fatal.push({
          offset,
          message: 'No anchor (&name) before this alias has its name.',
          suggestion: 'Quote it if it is text.',
        });
      else if (path.includes(target))
        fatal.push({ offset, message: 'This alias (*name) stands inside what it repeats.', suggestion: null });
    },
    Pair: (_, { key }) => {
      if (!isScalar(key)) fatal.push({ offset: start(key) ?? 0, message: 'A key must be text.', suggestion: null });
      else if (key.value === '__proto__') fatal.push(protoKey(start(key) ?? 0));
    },
    Scalar: (_, node) => {
      if (typeof node.value === 'number' && losesDigits(node.source ?? '')) flaws.push(digitsLost(start(node) ?? 0));
    },
  });
  return { fatal, flaws };
}

function firstAlias(document: Document.Parsed): number {
  let offset = 0;
  visit(document, {
    Alias: (_, node) => {
      offset = start(node) ?? 0;
      return visit.BREAK;
    },
  });
  return offset;
}

function offsetOf(document: Document.Parsed, path: Path, part: 'key' | 'value'): number {
  let value = start(document.contents) ?? 0;
  let [node, key]: [unknown, number] = [document.contents, value];
  for (const step of path) {
    const next = child(isAlias(node) ? node.resolve(document) : node, step);
    if (!next) return key;
    key = start(next.key) ?? start(next.value) ?? value;
    value = start(next.value) ?? key;
    node = next.value;
  }
  return part === 'key' ? key : value;
}

function child(node: unknown, step: PropertyKey): { readonly key?: unknown; readonly value: unknown } | undefined {
  if (isMap(node)) return node.items.find(({ key }) => isScalar(key) && keyText(key.value) === String(step));
  return isSeq(node) && typeof step === 'number' && step in node.items ? { value: node.items[step] } : undefined;
}

const keyText = (key: unknown): string => (typeof key === 'string' ? key : key === null ? '' : JSON.stringify(key));
