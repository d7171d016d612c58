import type { RichTextItemResponse } from '@notionhq/client';
import type { Fields } from './check.ts';

export type RichText = readonly RichTextItemResponse[];

export type Parent =
  | { readonly type: 'workspace' }
  | { readonly type: 'page_id' | 'block_id' | 'database_id' | 'data_source_id'; readonly id: string };

interface Common {
  readonly id: string;
  parent: Parent;
  /** Milliseconds since 1970, as all times here. */
  readonly created: number;
  edited: number;
  /** A user's id. */
  readonly createdBy: string;
  editedBy: string;
  trashed: boolean;
}

export interface Page extends Common {
  readonly kind: 'page';
  icon: Fields | null;
  cover: Fields | null;
  locked: boolean;
  /** By the property's id: what the API shows below the property's type. The title's id is `title`. */
  values: Record<string, unknown>;
  /** Its number in its data source, from 1; 0 elsewhere. */
  readonly number: number;
  /** From which request on a search finds it. */
  readonly indexed: number;
}

export interface Block extends Common {
  readonly kind: 'block';
  readonly type: string;
  content: Fields;
}

export interface Database extends Common {
  readonly kind: 'database';
  title: RichText;
  description: RichText;
  icon: Fields | null;
  cover: Fields | null;
  inline: boolean;
  locked: boolean;
}

export interface DataSource extends Common {
  readonly kind: 'data source';
  title: RichText;
  description: RichText;
  icon: Fields | null;
  properties: Property[];
  rows: number;
}

export interface Option {
  readonly id: string;
  readonly name: string;
  readonly color: string;
  readonly description: string | null;
}

export interface Property {
  readonly id: string;
  name: string;
  readonly type: string;
  description: string | null;
  /** What the API shows below its type. */
  config: Fields;
}

export interface Comment {
  readonly id: string;
  readonly discussion: string;
  readonly parent: { readonly type: 'page_id' | 'block_id'; readonly id: string };
  text: RichText;
  readonly name: { readonly type: string; readonly resolved_name: string | null };
  readonly created: number;
  edited: number;
  readonly createdBy: string;
}

export interface User {
  readonly id: string;
  readonly name: string;
  /** Null for a bot. */
  readonly email: string | null;
}

export type Thing = Page | Block | Database | DataSource;

/** A whole workspace. Plain data: as JSON it is its snapshot. */
export interface State {
  things: Record<string, Thing>;
  /** What is below a thing, in order: blocks, pages and databases of a page or block, data sources of a database, pages of a data source. */
  children: Record<string, string[]>;
  comments: Record<string, Comment>;
  users: Record<string, User>;
  /** Ids of what the integration has not been given, with all below. */
  unshared: string[];
  /** Who the token belongs to. */
  bot: string;
  /** How many ids were given, how many requests answered. */
  ids: number;
  requests: number;
}
