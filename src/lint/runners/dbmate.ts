import { between, byName, isSql, only, type Runner } from './runner.ts';

const up = /^--[ \t]*migrate:up([^\n]*)$/mu;
const down = /^--[ \t]*migrate:down\b/mu;

/** Parts marked `-- migrate:up` and `-- migrate:down`; with `transaction:false` the part is sent as one string. */
export const dbmate: Runner = {
  name: 'dbmate',
  detect: ({ texts }) => [...texts.values()].some((text) => up.test(text)),
  read: (path, text) => {
    const part = isSql(path) ? between(text, up, down) : null;
    if (!part) return null;
    const bare = /\btransaction:false\b/u.test(up.exec(text)?.[1] ?? '');
    return { text: only(text, part), transaction: bare ? 'batch' : 'file' };
  },
  order: byName,
  wrapping: 'file',
};
