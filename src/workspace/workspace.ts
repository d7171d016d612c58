import type { Root } from 'mdast';
import type { PageRecords, Publication, Published } from '../publication/document.ts';

/** A page as a search shows it. */
export interface PageSummary {
  /** What `read` takes: a path relative to the workspace, or a page's id. */
  readonly ref: string;
  readonly title: string;
  /** Where the words were found. */
  readonly found: 'title' | 'text';
}

export interface Page {
  /** How people are told of it: a path, or an address. */
  readonly source: string;
  readonly title: string | null;
  readonly tree: Root;
}

/** Where specifications are kept, and plans and tasks written. */
export interface Workspace {
  /** As it is named: `files:docs`. */
  readonly name: string;
  /** Pages that have every word, those with all of them in the title first. */
  readonly find: (words: string) => Promise<readonly PageSummary[]>;
  readonly read: (ref: string) => Promise<Page>;
  readonly publish: Publish;
}

/** Brings pages to what they are to say, and does nothing the second time. Cut short anywhere, it goes on when called again. */
export type Publish = (publication: Publication, options: PublishOptions) => Promise<Published>;

export interface PublishOptions {
  readonly records: PageRecords;
  /** Says what would change, and changes nothing. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}
