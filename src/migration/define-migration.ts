import type { z } from 'zod';
import type { operations } from '../operations/registry.ts';
import type { DocumentInput } from './document.ts';

type Definition = (typeof operations)[number];
type Kind = Definition['kind'];

/** One operation as an author writes it: a single key, the operation's name, over its fields. */
export type OperationInput = {
  [D in Definition as D['kind']]: { readonly [K in D['kind']]: z.input<D['fields']> } & {
    readonly [K in Exclude<Kind, D['kind']>]?: never;
  };
}[Kind];

/** A migration as a TypeScript author writes it. */
export type MigrationInput = Omit<DocumentInput, '$schema' | 'operations'> & {
  readonly operations: readonly OperationInput[];
};

/** Gives a migration in TypeScript its types; the value is what was given. */
export const defineMigration = (migration: MigrationInput): MigrationInput => migration;
