import type { Path } from './problem.ts';
import {
  digitsLost,
  duplicateKey,
  losesDigits,
  maxDepth,
  maxTextLength,
  protoKey,
  tooDeep,
  tooLong,
  unreadable,
  type Flaw,
  type Source,
} from './source.ts';

/** What a JSON text holds; JSON.parse says neither where a mistake is nor that a key is there twice. */
export function parseJson(given: string): Source {
  const text = given.replace(/^\uFEFF/u, '');
  if (text.length > maxTextLength) return unreadable(text, [tooLong]);
  const reader = new JsonReader(text);
  try {
    const root = reader.document();
    return {
      text,
      value: root.value,
      readable: true,
      flaws: reader.flaws,
      offsetOf: (path, part) => offsetOf(root, path, part),
    };
  } catch (error) {
    if (error instanceof Stop) return unreadable(text, [error.flaw]);
    throw error;
  }
}

interface Located {
  readonly value: unknown;
  readonly offset: number;
  readonly keyOffset: number;
  readonly children: ReadonlyMap<string, Located>;
}

class Stop extends Error {
  readonly flaw: Flaw;

  constructor(flaw: Flaw) {
    super(flaw.message);
    this.flaw = flaw;
  }
}

const space = /[ \t\n\r]*/uy;
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** Walks the text once, by recursive descent. */
class JsonReader {
  readonly flaws: Flaw[] = [];
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): Located {
    this.#match(space);
    if (this.#at === this.#text.length) return leaf(null, 0, 0);
    const root = this.#value(0, this.#at);
    if (this.#at < this.#text.length) this.#stop('Nothing may follow the document.');
    return root;
  }

  #value(depth: number, keyOffset: number): Located {
    const offset = this.#at;
    if (depth > maxDepth) throw new Stop(tooDeep(offset));
    if (this.#take('{')) return this.#object(depth, offset, keyOffset);
    if (this.#take('[')) return this.#array(depth, offset, keyOffset);
    const text = this.#match(string) ?? this.#match(scalar) ?? this.#stop('A JSON value is expected here.');
    this.#match(space);
    if (/^[-\d]/u.test(text) && losesDigits(text)) this.flaws.push(digitsLost(offset));
    return leaf(JSON.parse(text), offset, keyOffset);
  }

  #object(depth: number, offset: number, keyOffset: number): Located {
    const children = new Map<string, Located>();
    if (!this.#take('}'))
      do {
        const at = this.#at;
        const key = JSON.parse(this.#match(string) ?? this.#stop('A key in double quotes is expected here.')) as string;
        this.#match(space);
        if (!this.#take(':')) this.#stop('A colon is expected here.');
        if (children.has(key)) this.flaws.push(duplicateKey(at));
        if (key === '__proto__') throw new Stop(protoKey(at));
        children.set(key, this.#value(depth + 1, at));
      } while (this.#more('}'));
    return { value: Object.fromEntries([...children].map(([key, c]) => [key, c.value])), offset, keyOffset, children };
  }

  #array(depth: number, offset: number, keyOffset: number): Located {
    const items: Located[] = [];
    if (!this.#take(']'))
      do items.push(this.#value(depth + 1, this.#at));
      while (this.#more(']'));
    const children = new Map(items.map((item, i) => [String(i), item]));
    return { value: items.map((item) => item.value), offset, keyOffset, children };
  }

  #more(end: '}' | ']'): boolean {
    if (this.#take(',')) return true;
    if (!this.#take(end)) this.#stop(`A comma or ${end} is expected here.`);
    return false;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    this.#match(space);
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #stop(message: string): never {
    throw new Stop({ offset: this.#at, message, suggestion: null });
  }
}

const leaf = (value: unknown, offset: number, keyOffset: number): Located => ({
  value,
  offset,
  keyOffset,
  children: new Map(),
});

function offsetOf(root: Located, path: Path, part: 'key' | 'value'): number {
  let node = root;
  for (const key of path) {
    const next = node.children.get(String(key));
    if (!next) return node.keyOffset;
    node = next;
  }
  return part === 'key' ? node.keyOffset : node.offset;
}
