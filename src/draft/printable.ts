import { type Document, Scalar, visit as visitNodes } from 'yaml';

/** What could steer a terminal is written as an escape, which only double quotes have. */
export function printable(doc: Document): string {
  visitNodes(doc, {
    Scalar: (_, node) => {
      if (typeof node.value === 'string' && STEERS.test(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  const text = doc.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Infinity });
  return text
    .replaceAll(BIDIRECTIONAL, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replaceAll('\t', '\\t');
}

const STEERS = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const BIDIRECTIONAL = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
