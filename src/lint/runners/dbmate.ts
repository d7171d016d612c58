import { marked } from './marked.ts';

/** With `transaction:false` the part is sent as one string. */
export const dbmate = marked({
  name: 'dbmate',
  up: /^--[ \t]*migrate:up\b[^\n]*$/mu,
  down: /^--[ \t]*migrate:down\b/mu,
  bare: { when: /^--[ \t]*migrate:up\b[^\n]*\btransaction:false\b/mu, wrapping: 'batch' },
});
