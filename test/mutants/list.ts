import { columns } from './columns.ts';
import { copying } from './copying.ts';
import { executing } from './executing.ts';
import type { Mutant } from './mutant.ts';
import { syncing } from './syncing.ts';
import { writingBack } from './writing-back.ts';

export const mutants: readonly Mutant[] = [...copying, ...syncing, ...writingBack, ...columns, ...executing];
