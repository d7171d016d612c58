export { serve as default } from '../support/postgres.ts';
