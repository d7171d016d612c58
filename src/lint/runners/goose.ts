import { marked } from './marked.ts';

export const goose = marked({
  name: 'goose',
  up: /^\s*--[ \t]*\+goose[ \t]+up\b[^\n]*$/imu,
  down: /^\s*--[ \t]*\+goose[ \t]+down\b/imu,
  bare: { when: /^\s*--[ \t]*\+goose[ \t]+no[ \t]+transaction\b/imu, wrapping: 'statement' },
});
