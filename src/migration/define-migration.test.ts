import { expect, expectTypeOf, it } from 'vitest';
import { defineMigration, type MigrationInput, type OperationInput } from './define-migration.ts';

it('gives back what it was given', () => {
  const migration: MigrationInput = {
    version: 1,
    name: 'a',
    operations: [{ rename_column: { table: 'app.users', from: 'a', to: 'b' } }],
  };
  expect(defineMigration(migration)).toBe(migration);
});

it('knows the fields of each operation', () => {
  expectTypeOf<{ rename_column: { table: string; from: string; to: string } }>().toExtend<OperationInput>();
  expectTypeOf<{ rename_column: { table: string; from: string } }>().not.toExtend<OperationInput>();
  expectTypeOf<{ drop_everything: object }>().not.toExtend<OperationInput>();
  // @ts-expect-error one entry holds one operation
  const two: OperationInput = {
    rename_column: { table: 't', from: 'a', to: 'b' },
    create_index: { table: 't', columns: ['a'] },
  };
  expect(Object.keys(two)).toHaveLength(2);
});
