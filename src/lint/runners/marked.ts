import type { Wrapping } from '../rule.ts';
import { between, byName, isSql, only, type Runner } from './runner.ts';

interface Marks {
  readonly name: string;
  /** The lines before what is run on the way up, and before what is run on the way back. */
  readonly up: RegExp;
  readonly down: RegExp;
  /** How a file is sent that wants no transaction. */
  readonly bare: { readonly when: RegExp; readonly wrapping: Wrapping };
}

/** A tool whose files hold both ways, under comments that say which. */
export const marked = ({ name, up, down, bare }: Marks): Runner => ({
  name,
  detect: ({ texts }) => [...texts].some(([path, text]) => isSql(path) && up.test(text)),
  read: (path, text) => {
    const part = isSql(path) ? between(text, up, down) : null;
    return part && { text: only(text, part), transaction: bare.when.test(text) ? bare.wrapping : 'file' };
  },
  order: byName,
  wrapping: 'file',
});
