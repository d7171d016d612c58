import type { SpecifiedColumn } from '../spec/requirements.ts';
import type { Said } from './draft.ts';

/** A change that a specification asks for, in its own names. Nothing is looked up yet. */
export type Wish = Said & (RenameColumn | ChangeType | CreateIndex | NewTable | Other);

interface RenameColumn {
  readonly kind: 'rename_column';
  /** null: the specification does not say. */
  readonly table: string | null;
  readonly from: string;
  readonly to: string;
}

interface ChangeType {
  readonly kind: 'change_column_type';
  readonly table: string | null;
  readonly column: string;
  readonly type: string;
  /** The type that it is said to have now. */
  readonly was: string | null;
  /** A column of another name that takes its place; null when it keeps its name. */
  readonly to: string | null;
  readonly up: string | null;
  readonly down: string | null;
}

interface CreateIndex {
  readonly kind: 'create_index';
  readonly table: string | null;
  readonly columns: readonly IndexPart[];
  readonly name: string | null;
  readonly unique: boolean;
  readonly method: string;
  readonly include: readonly string[];
  readonly where: string | null;
}

export type IndexPart = string | { readonly sql: string };

/** A table that is to be there; it may be where the keys of a JSON column go. */
interface NewTable {
  readonly kind: 'new_table';
  readonly table: string;
  /** Empty when only its name is said. */
  readonly columns: readonly SpecifiedColumn[];
}

/** What no operation does. */
interface Other {
  readonly kind: 'other';
  readonly what: string;
  /** The table and column that it is about, where they are known. */
  readonly table: string | null;
  readonly column: string | null;
}

export type WishOf<Kind extends Wish['kind']> = Extract<Wish, { readonly kind: Kind }>;
