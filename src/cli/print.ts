import type { Paint } from '../report/text.ts';
import { type FormatFlags, formatOf } from './options.ts';
import type { Terminal } from './terminal.ts';

/** A document on stdout: as JSON when that was asked for, else as people read it. */
export const print = <Document>(
  { out, outPaint }: Terminal,
  flags: FormatFlags,
  document: Document,
  render: (document: Document, paint: Paint) => string,
): void => out(formatOf(flags) === 'json' ? json(document) : render(document, outPaint));

const json = (document: unknown): string => JSON.stringify(document, null, 2);
