import { cp, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PublishingDeps } from '../../src/app/write-pages.ts';
import { publishSpec } from '../../src/app/publish-spec.ts';
import { updateSpec } from '../../src/app/update-spec.ts';
import type { Connect } from '../../src/database/database.ts';
import { writeMarkdown } from '../../src/markdown/write-markdown.ts';
import type { Document, Publication } from '../../src/publication/document.ts';
import { filesWorkspace } from '../../src/workspace/files.ts';
import type { Publish } from '../../src/workspace/workspace.ts';
import { migrate } from './example.ts';

/** A page of a publication as Markdown, without what keeps it up to date. */
export const pageText = ({ sections }: Pick<Document, 'sections'>): string =>
  writeMarkdown({ type: 'root', children: sections.flatMap(({ body }) => [...body]) });

export const sectionText = (document: Document | undefined, key: string): string => {
  const found = document?.sections.find((section) => section.key === key);
  return found ? pageText({ sections: [found] }) : '';
};

/** The document of a publication by the end of its key: `plan`, `backfill`. */
export const documentOf = ({ documents }: Publication, key: string): Document | undefined =>
  documents.find((document) => document.key.endsWith(`/${key}`));

/** Statuses of tasks, by the ends of their keys. */
export const statusesOf = ({ documents }: Pick<Publication, 'documents'>): Record<string, string> =>
  Object.fromEntries(
    documents.flatMap(({ key, properties }): [string, string][] =>
      properties ? [[key.split('/').at(-1) ?? key, properties.status]] : [],
    ),
  );

/** A migration in a folder of its own, with a specification, whose publications go to `publish` or, without one, are only kept. */
export async function publishing(
  connect: Connect,
  migration: string,
  {
    specification = 'test/specifications/01-labels.md',
    follow = false,
    publish,
    change = {},
  }: {
    readonly specification?: string;
    readonly follow?: boolean;
    readonly publish?: Publish | 'files';
    readonly change?: Parameters<typeof migrate>[2];
  } = {},
) {
  const root = await mkdtemp(join(tmpdir(), 'lockkeeper-publish-'));
  await mkdir(join(root, 'docs', 'specs'), { recursive: true });
  await cp(specification, join(root, 'docs', 'specs', 'spec.md'));
  const sent: Publication[] = [];
  const keep: Publish = (publication) => {
    sent.push(publication);
    return Promise.resolve({ changes: [], problems: [] });
  };
  const open = (name: string) => {
    const files = filesWorkspace(name, join(root, name.replace('files:', '')));
    return publish === 'files' ? files : { ...files, publish: publish ?? keep };
  };
  const pages = { open, follow };
  const m = migrate(connect, migration, { ...change, pages });
  const deps: PublishingDeps = { ...m.deps, pages };
  const input = {
    migration,
    page: join(root, 'docs/specs/spec.md'),
    workspace: 'files:docs',
    root,
    labels: {},
    tasks: null,
  };
  const last = (): Publication => {
    const found = sent.at(-1);
    if (!found) throw new Error('Nothing was published.');
    return found;
  };
  return {
    ...m,
    deps,
    root,
    sent,
    publish: async (dryRun = false) => (await publishSpec(deps, { ...input, dryRun })).publications[0],
    update: async (dryRun = false) => (await updateSpec(deps, { dryRun })).publications[0],
    /** What was published last, after an update. */
    updated: async (): Promise<Publication> => {
      await updateSpec(deps, { dryRun: false });
      return last();
    },
    published: async (): Promise<Publication> => {
      await publishSpec(deps, { ...input, dryRun: false });
      return last();
    },
  };
}
