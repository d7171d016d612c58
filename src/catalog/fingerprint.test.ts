import { describe, expect, it } from 'vitest';
import type { Column, Index, Table } from './catalog.ts';
import { fingerprint } from './fingerprint.ts';

const column: Column = {
  name: 'id',
  number: 1,
  type: 'integer',
  baseType: 'int4',
  notNull: true,
  default: null,
  generated: null,
  identity: null,
  collation: null,
  comment: null,
  statisticsTarget: null,
  averageWidth: 4,
  nullShare: 0,
  grants: [],
};

const index: Index = {
  name: 'users_pkey',
  definition: 'CREATE UNIQUE INDEX users_pkey ON public.users USING btree (id)',
  columns: ['id'],
  dependsOn: ['id'],
  unique: true,
  primary: true,
  valid: true,
  constraint: 'users_pkey',
  bytes: 8192,
  comment: null,
};

const users: Table = {
  oid: 1,
  schema: 'public',
  name: 'users',
  kind: 'table',
  owner: 'app',
  rows: 10,
  bytes: 8192,
  indexBytes: 8192,
  pages: 1,
  unlogged: false,
  comment: null,
  columns: [column, { ...column, name: 'email', number: 2, type: 'text' }],
  constraints: [],
  indexes: [index],
  triggers: [],
  grants: [
    { grantee: 'app', privilege: 'SELECT', grantable: false },
    { grantee: null, privilege: 'SELECT', grantable: false },
  ],
  rowSecurity: false,
  forceRowSecurity: false,
  policies: ['mine', 'yours'],
  referencedBy: [],
  dependants: [{ kind: 'view', name: 'public.v', columns: ['email'] }],
  publications: [],
  subscriptions: [],
  replicaIdentity: 'default',
  leaves: [{ schema: 'public', name: 'users', oid: 1, fileNode: 1, pages: 1 }],
  partitions: [],
  partitionedBy: [],
  onlyOnPartitions: [],
  parents: [],
  ofType: null,
  children: [],
  writes: { count: 5, seconds: 60 },
};

const [id, email] = users.columns as [Column, Column];

const same: Record<string, Table> = {
  'a restored copy': { ...users, oid: 2, leaves: [{ schema: 'public', name: 'users', oid: 2, fileNode: 9, pages: 7 }] },
  'more rows': { ...users, rows: 1e6, bytes: 1e9, indexBytes: 1e9, pages: 1e5, writes: { count: 0, seconds: null } },
  'a bigger index': { ...users, indexes: [{ ...index, bytes: 99 }] },
  'a column dropped long ago': { ...users, columns: [id, { ...email, number: 7 }] },
  'fresh statistics': { ...users, columns: [{ ...id, averageWidth: null, nullShare: 0.5 }, email] },
  'another collation of names': { ...users, policies: ['yours', 'mine'], grants: users.grants.toReversed() },
  'another order of keys': Object.fromEntries(Object.entries(users).reverse()) as unknown as Table,
};

const different: Record<string, Table> = {
  'a type': { ...users, columns: [id, { ...email, type: 'citext' }] },
  'the order of columns': { ...users, columns: [email, id] },
  'a default': { ...users, columns: [id, { ...email, default: "''" }] },
  'an index': { ...users, indexes: [] },
  'the order of an index': { ...users, indexes: [{ ...index, columns: ['a', 'b'] }] },
  'a trigger': {
    ...users,
    triggers: [{ name: 't', definition: 'x', enabled: 'origin', function: { schema: 'public', name: 'f' } }],
  },
  'a grant': { ...users, grants: [] },
  'a view': { ...users, dependants: [] },
  'its name': { ...users, name: 'people' },
};

describe('fingerprint', () => {
  it('is a SHA-256', () => expect(fingerprint(users)).toMatch(/^[0-9a-f]{64}$/));

  it.each(Object.entries(same))('stays the same with %s', (_, table) => {
    expect(fingerprint(table)).toBe(fingerprint(users));
  });

  it.each(Object.entries(different))('changes with %s', (_, table) => {
    expect(fingerprint(table)).not.toBe(fingerprint(users));
  });
});
