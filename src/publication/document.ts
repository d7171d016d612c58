import type { RootContent } from 'mdast';
import type { Priority } from '../spec/requirements.ts';

/** What a page that we keep is to say: the plan of a migration, or one of its tasks. */
export interface Document {
  /** Unique in the workspace and never another: `user-preferences/plan`, `user-preferences/backfill`. */
  readonly key: string;
  readonly kind: 'plan' | 'task';
  readonly title: string;
  /** Of a task; null for a plan. */
  readonly properties: TaskProperties | null;
  /** In this order. What a person writes before, between and after them stays. */
  readonly sections: readonly Section[];
}

/** A part of a page that is ours to rewrite. */
export interface Section {
  /** Unique in its document: `progress`. */
  readonly key: string;
  /** The address `lockkeeper:KEY` in a link leads to the document of that key, `lockkeeper:specification` to the specification. */
  readonly body: readonly RootContent[];
}

export type TaskStatus = 'to do' | 'in progress' | 'done';

/** What the task database has no property for is said in the page. Null: not ours to say. */
export interface TaskProperties {
  readonly status: TaskStatus;
  readonly priority: Priority | null;
  /** A name or an address that the configuration maps to a person of the workspace. */
  readonly assignee: string | null;
  readonly sprint: string | null;
  /** `2026-11-21`. */
  readonly start: string | null;
  readonly due: string | null;
  /** In days. */
  readonly effort: number | null;
  /** Keys of the tasks that have to be done before. */
  readonly blockedBy: readonly string[];
}

/** Everything of one migration, written in one go. */
export interface Publication {
  /** As `read` takes it. */
  readonly specification: string;
  /** The task database to use, by its title or id; null where there is only one, or for files. */
  readonly tasks: string | null;
  readonly documents: readonly Document[];
}

/** What a publication changed, or would change. */
export interface Change {
  /** The document's key; `specification` for the link that is put there. */
  readonly key: string;
  readonly how: 'create' | 'update' | 'unchanged';
  /** Where: `plans/user-preferences.md`, or the page's address; null for a page that is not there yet. */
  readonly where: string | null;
  /** One line for each thing: `section progress`, `property Status: To do → In progress`, with what it will be. */
  readonly details: readonly string[];
}

export interface Published {
  readonly changes: readonly Change[];
  /** What could not be said, each with what to do about it: a required property without a value, a person nobody mapped, a page that is not shared. */
  readonly problems: readonly string[];
}

/** What has to be known of pages that were written, kept at once after each step. Values are the workspace's own, as JSON. */
export interface PageRecords {
  readonly read: (key: string) => Promise<unknown>;
  readonly write: (key: string, record: unknown) => Promise<void>;
}
