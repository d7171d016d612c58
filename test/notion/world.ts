import { createHash } from 'node:crypto';
import type { Capability } from './options.ts';
import { archivedAncestor, archivedBlock, type Kind, notFound } from './errors.ts';
import { isFields } from './check.ts';
import type { Block, Database, Page, Parent, State, Thing } from './state.ts';

/** A workspace and what decides about new things in it. */
export interface World {
  state: State;
  readonly seed: string;
  readonly now: () => number;
  readonly searchDelay: number;
  readonly capabilities: ReadonlySet<Capability>;
}

/** The same ones for the same seed. */
export function newId({ state, seed }: World): string {
  const hex = createHash('sha256')
    .update(`${seed} ${(state.ids += 1)}`)
    .digest('hex');
  return dashed(`${hex.slice(0, 12)}4${hex.slice(13, 16)}a${hex.slice(17, 32)}`);
}

export const shortId = (world: World): string => newId(world).slice(0, 4);

export const dashed = (id: string): string =>
  id
    .replaceAll('-', '')
    .toLowerCase()
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5');

/** What every new thing starts with. */
export function stamp(world: World, parent: Parent, by: string) {
  const now = world.now();
  return { id: newId(world), parent, created: now, edited: now, createdBy: by, editedBy: by, trashed: false };
}

/** Puts a new thing below its parent, behind the others or after one of them. */
export function place({ state }: World, thing: Thing, at: number = Infinity): void {
  state.things[thing.id] = thing;
  if (thing.parent.type !== 'workspace') (state.children[thing.parent.id] ??= []).splice(at, 0, thing.id);
}

export function touch(world: World, thing: Thing, by: string): void {
  for (let one: Thing | undefined = thing; one; one = above(world, one)) {
    one.edited = world.now();
    one.editedBy = by;
    if (one.kind === 'page') return;
  }
}

const above = ({ state }: World, { parent }: Thing): Thing | undefined =>
  parent.type === 'workspace' ? undefined : state.things[parent.id];

/** Itself or something that it is in. */
export function someAbove(world: World, thing: Thing, test: (thing: Thing) => boolean): boolean {
  for (let one: Thing | undefined = thing; one; one = above(world, one)) if (test(one)) return true;
  return false;
}

export const isShared = (world: World, thing: Thing): boolean =>
  !someAbove(world, thing, ({ id }) => world.state.unshared.includes(id));

export const isTrashed = (world: World, thing: Thing): boolean => someAbove(world, thing, (one) => one.trashed);

type Of<K extends Thing['kind']> = Extract<Thing, { kind: K }>;

/** Throws object_not_found, also for what is not shared. */
export function find<K extends Thing['kind']>(
  world: World,
  kinds: readonly K[],
  id: string,
  as: Kind = kinds[0] ?? 'block',
): Of<K> {
  const thing = world.state.things[dashed(id)];
  if (!thing || !isOf(kinds, thing) || !isShared(world, thing)) throw notFound(as, dashed(id));
  return thing;
}

const isOf = <K extends Thing['kind']>(kinds: readonly K[], thing: Thing): thing is Of<K> =>
  (kinds as readonly string[]).includes(thing.kind);

export function childrenOf<K extends Thing['kind']>({ state }: World, id: string, ...kinds: readonly K[]): Of<K>[] {
  const all = (state.children[id] ?? []).flatMap((child) => state.things[child] ?? []);
  return all.filter((thing) => !thing.trashed).filter((thing) => isOf(kinds, thing));
}

export function expectEditable(world: World, thing: Thing): void {
  if (thing.trashed) throw archivedBlock();
  if (isTrashed(world, thing)) throw archivedAncestor();
}

/** What is shown below a block: below a copy, what is below its original. */
export function shownBelow(thing: Page | Block | Database): string {
  const from = thing.kind === 'block' && thing.type === 'synced_block' ? thing.content['synced_from'] : null;
  return isFields(from) ? String(from['block_id']) : thing.id;
}
