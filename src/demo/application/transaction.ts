import type { Client, QueryResultRow } from 'pg';
import type { ReadSwitch } from '../../client/client.ts';
import type { Preferences } from './preferences.ts';

/** What a transaction did to one user, to be remembered once it is acknowledged. */
export type Outcome =
  | { readonly user: number; readonly wrote: Partial<Preferences> }
  | { readonly user: number; readonly deleted: true }
  /** The last acknowledged values must be among these. */
  | { readonly user: number; readonly read: Preferences }
  | null;

export interface Request {
  readonly client: Client;
  /** Nobody else in this application touches this user meanwhile. */
  readonly user: number;
  readonly reads: ReadSwitch | null;
}

/** One thing the application does. */
export interface Transaction {
  readonly kind: string;
  readonly share: number;
  /** `fitting`: only users whose document was not seeded with a value that does not fit. `none`: it makes its own. */
  readonly user: 'any' | 'fitting' | 'none';
  /** One statement needs no BEGIN. */
  readonly statements: 'one' | 'many';
  readonly writesUsers: boolean;
  readonly run: (request: Request) => Promise<Outcome>;
}

type Habits = Pick<Transaction, 'share' | 'user'> & Partial<Pick<Transaction, 'statements' | 'writesUsers'>>;

export const defineTransaction = (kind: string, habits: Habits, run: Transaction['run']): Transaction => ({
  statements: 'one',
  writesUsers: false,
  ...habits,
  kind,
  run,
});

/** A version of the application: what it does, and how often. */
export interface Version {
  readonly name: 'old' | 'new' | 'both';
  readonly transactions: readonly Transaction[];
}

/** A statement prepared by name, once on each connection, as a driver or an ORM does it. */
export function prepared<Row extends QueryResultRow>(name: string, text: string) {
  return async (client: Client, ...values: readonly unknown[]): Promise<Row[]> =>
    (await client.query<Row>({ name, text, values: [...values] })).rows;
}
