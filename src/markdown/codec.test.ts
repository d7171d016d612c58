import fc from 'fast-check';
import { expect, it } from 'vitest';
import { arbitraryBlocks } from '../../test/support/arbitrary-blocks.ts';
import { fromBlocks } from './from-blocks.ts';
import { readMarkdown } from './read-markdown.ts';
import { toBlocks } from './to-blocks.ts';
import { writeMarkdown } from './write-markdown.ts';

it('writes blocks of every type as Markdown and reads the same blocks back', () => {
  fc.assert(
    fc.property(arbitraryBlocks, (blocks) => {
      const text = writeMarkdown(fromBlocks(blocks));
      expect(toBlocks(readMarkdown(text)), text).toEqual(blocks);
    }),
    { numRuns: Number(process.env['RUNS'] ?? 150) },
  );
}, 60_000);
