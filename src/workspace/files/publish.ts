import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Change, Document, Publication } from '../../publication/document.ts';
import { fileNotReadable } from '../../migration/errors.ts';
import type { Publish } from '../workspace.ts';
import { type Composed, composeFile, composeSpecification, type Places } from './compose.ts';
import { documentsIn, namesIn } from './folder.ts';
import { placeDocuments } from './place.ts';
import { isWritable, removeLeftovers, writeWhole } from './write.ts';

interface Written {
  readonly key: string;
  /** Relative to the folder. */
  readonly ref: string;
  /** What the file says; null where there is none. */
  readonly before: string | null;
  readonly composed: Composed;
}

/** Writes documents to `plans` and `tasks` below the folder. What is in the folder is all that is remembered: no records are kept. */
export const publishFiles =
  (workspace: string, folder: string): Publish =>
  async (publication, { dryRun, signal }) => {
    const names = await namesIn(workspace, folder);
    const found = await documentsIn(folder, names);
    const { refs, problems } = placeDocuments(publication.documents, found, names);
    const specification = await specificationOf(publication, folder);
    const places = new Map(refs);
    const plan = refs.get(publication.documents.find(({ kind }) => kind === 'plan')?.key ?? '');
    if (plan !== undefined) places.set('plan', plan);
    if (specification) places.set('specification', specification.ref);
    const written = await composeAll(publication, folder, places, new Set(found.keys()));
    if (specification) written.push(...withLinks(publication.documents, specification, places));
    const changes: Change[] = [];
    const missing = specification
      ? []
      : [`The specification ${publication.specification} is not there, so nothing links to it.`];
    const all = [...problems, ...missing];
    for (const file of written) {
      signal.throwIfAborted();
      if (!dryRun) await removeLeftovers(join(folder, file.ref));
      const problem = (await problemOf(file, folder)) ?? (dryRun ? null : await write(file, folder));
      if (problem !== null) all.push(problem);
      changes.push(changeOf(file, problem !== null));
    }
    return { changes, problems: all };
  };

async function specificationOf({ specification }: Publication, folder: string) {
  const ref = posix.normalize(specification.replaceAll('\\', '/'));
  const text = await textAt(join(folder, ref));
  return text && { ref, ...text };
}

async function composeAll(
  { documents }: Publication,
  folder: string,
  places: Places,
  there: ReadonlySet<string>,
): Promise<Written[]> {
  const written: Written[] = [];
  for (const document of documents) {
    const { key } = document;
    const ref = places.get(key);
    if (ref === undefined) continue;
    const { before, flaws } = (there.has(key) ? await textAt(join(folder, ref)) : null) ?? { before: null, flaws: [] };
    await setImmediate(); // whoever publishes does other things too
    const composed = composeFile(document, ref, before, places);
    written.push({ key, ref, before, composed: { ...composed, flaws: [...flaws, ...composed.flaws] } });
  }
  return written;
}

/** The links to all plans in one go. */
function withLinks(
  documents: readonly Document[],
  { ref, before, flaws: own }: Text & { readonly ref: string },
  places: Places,
): Written[] {
  const plans = documents.filter(({ key, kind }) => kind === 'plan' && places.has(key));
  const composed = plans.reduce<Composed>(
    (so, plan) => {
      const { text, details, flaws } = composeSpecification(so.text, plan, ref, places);
      return { text, details: [...so.details, ...details], flaws: [...so.flaws, ...flaws] };
    },
    { text: before, details: [], flaws: own },
  );
  return plans.length ? [{ key: 'specification', ref, before, composed }] : [];
}

interface Text {
  /** Byte for byte, the mark at the beginning included. */
  readonly before: string;
  readonly flaws: readonly string[];
}

/** Null where there is no file. */
async function textAt(path: string): Promise<Text | null> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw fileNotReadable(path, cause);
  });
  if (bytes === null) return null;
  const before = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  return { before, flaws: isUtf8(bytes) ? [] : ['it is not UTF-8'] };
}

async function problemOf({ ref, before, composed }: Written, folder: string): Promise<string | null> {
  if (composed.flaws.length)
    return `${ref} was left as it is: ${composed.flaws.join('; ')}. Mend it, or take the file away and it is written anew.`;
  if (before === null || before === composed.text || (await isWritable(join(folder, ref)))) return null;
  return `${ref} was left as it is: it may not be written.`;
}

const changeOf = ({ key, ref, before, composed }: Written, leave: boolean): Change => {
  const how = before === null ? 'create' : leave || before === composed.text ? 'unchanged' : 'update';
  return { key, how, where: ref, details: how === 'unchanged' ? [] : composed.details };
};

/** Null, or why not: somebody may have saved the file since it was read. */
async function write({ ref, before, composed }: Written, folder: string): Promise<string | null> {
  if (before === composed.text) return null;
  const path = join(folder, ref);
  if (((await textAt(path))?.before ?? null) !== before)
    return `${ref} was left as it is: somebody changed it at this moment. Run it again.`;
  await writeWhole(path, composed.text);
  return null;
}
