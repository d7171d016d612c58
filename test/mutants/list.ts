import type { Mutant } from './mutant.ts';

export const mutants: readonly Mutant[] = [
  {
    name: 'a drain runs while chunks are open',
    file: 'backfill/drain.ts',
    find: 'if (!turn?.had) return null;',
    replace: '',
    test: { file: 'races', name: 'no drain of another process gets a turn while a chunk is open' },
  },
  {
    name: 'a mutant that does not parse',
    file: 'backfill/drain.ts',
    find: 'if (!turn?.had) return null;',
    replace: '((',
    test: { file: 'races', name: 'no drain of another process gets a turn while a chunk is open' },
  },
  {
    name: 'a mutant that survives',
    file: 'backfill/drain.ts',
    find: 'const MAX_ROUNDS = 3',
    replace: 'const MAX_ROUNDS = 4',
    test: { file: 'races', name: 'no drain of another process gets a turn while a chunk is open' },
  },
];
