import { marked } from './marked.ts';

export const sqlMigrate = marked({
  name: 'sql-migrate',
  up: /^--[ \t]*\+migrate[ \t]+up\b[^\n]*$/imu,
  down: /^--[ \t]*\+migrate[ \t]+down\b/imu,
  bare: { when: /^--[ \t]*\+migrate[ \t]+up[ \t]+notransaction\b/imu, wrapping: 'statement' },
});
