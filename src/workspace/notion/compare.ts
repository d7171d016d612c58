import type { Existing, Wanted } from './part.ts';
import { holdsForeign } from './part.ts';

/** A change that brings blocks nearer to what they are to be, and the sections it belongs to. */
export type BlockChange = { readonly sections: readonly string[] } & (
  | { readonly how: 'update'; readonly id: string; readonly body: Readonly<Record<string, unknown>> }
  | {
      readonly how: 'insert';
      readonly parent: string;
      readonly after: string | null;
      readonly parts: readonly Wanted[];
    }
  | { readonly how: 'delete'; readonly id: string }
);

/**
 * The changes that make our blocks below `parent` say what is wanted, in order. Blocks of others stay where they are;
 * a block of ours that holds one of others stays too. `after: null` is the beginning.
 */
export function compare(parent: string, existing: readonly Existing[], wanted: readonly Wanted[]): BlockChange[] {
  const ours = existing.filter((part) => part.ours);
  const pairs = align(ours, wanted);
  const partner = new Map(pairs);
  const changes: BlockChange[] = [];
  let after: string | null = null;
  let run: Wanted[] = [];
  const flush = () => {
    const sections = run.map(({ section }) => section);
    if (run.length) changes.push({ how: 'insert', sections, parent, after, parts: run });
    run = [];
  };
  for (const part of wanted) {
    const there = partner.get(part);
    if (!there) {
      run.push(part);
      continue;
    }
    flush();
    if (there.own !== part.own)
      changes.push({ how: 'update', sections: [part.section], id: there.id, body: bodyOf(there, part) });
    changes.push(...compare(there.id, there.children, part.children));
    after = there.id;
  }
  flush();
  const kept = new Set(partner.values());
  const sectionOf = (part: Existing): string => {
    const before = ours.slice(0, ours.indexOf(part)).findLast((other) => kept.has(other));
    return (pairs.find(([, other]) => other === before)?.[0] ?? wanted[0])?.section ?? '';
  };
  const gone = ours.filter((part) => !kept.has(part) && !holdsForeign(part));
  return [
    ...changes,
    ...gone.map((part): BlockChange => ({ how: 'delete', sections: [sectionOf(part)], id: part.id })),
  ];
}

/** Only the box, where only that differs. */
function bodyOf(there: Existing, { type, own, request }: Wanted): Readonly<Record<string, unknown>> {
  const content = request[type] as Readonly<Record<string, unknown>>;
  const withoutBox = (text: string) => text.replace(/"checked":(?:true|false)/u, '');
  if (type === 'to_do' && withoutBox(there.own) === withoutBox(own)) return { to_do: { checked: content['checked'] } };
  if (type === 'table') return { table: { has_column_header: content['has_column_header'] } };
  return { [type]: content };
}

/** The pairing in order that leaves most as it is. */
function align(existing: readonly Existing[], wanted: readonly Wanted[]): (readonly [Wanted, Existing])[] {
  const [rows, columns] = [existing.length, wanted.length];
  const best = Array.from({ length: rows + 1 }, () => new Float64Array(columns + 1));
  const at = (i: number, j: number): number => best[i]?.[j] ?? 0;
  const worth = (i: number, j: number): number => worthOf(existing[i], wanted[j]);
  for (let i = rows - 1; i >= 0; i--)
    for (let j = columns - 1; j >= 0; j--) {
      const value = worth(i, j);
      const row = best[i];
      if (row) row[j] = Math.max(at(i + 1, j), at(i, j + 1), value > 0 ? value + at(i + 1, j + 1) : 0);
    }
  const pairs: (readonly [Wanted, Existing])[] = [];
  for (let [i, j] = [0, 0]; i < rows && j < columns;) {
    const [there, part] = [existing[i], wanted[j]];
    const value = worth(i, j);
    if (there && part && value > 0 && at(i, j) === value + at(i + 1, j + 1)) {
      pairs.push([part, there]);
      i += 1;
      j += 1;
    } else if (at(i, j) === at(i + 1, j)) i += 1;
    else j += 1;
  }
  return pairs;
}

/** 0 for what cannot become the other. */
function worthOf(there: Existing | undefined, part: Wanted | undefined): number {
  if (!there || !part || there.type !== part.type || there.kind !== part.kind) return 0;
  if (there.own !== part.own) return 1;
  return there.children.length === part.children.length ? 4 : 3;
}
