import { createHash, randomUUID } from 'node:crypto';

/** All that the tests choose by chance follows from it: another one in every run, or the one that is given, which chooses the same again. */
const chance = process.env['CHANCE'] ?? randomUUID();

/** A whole number from 0 to below `end`, of its own for every purpose. */
export const byChance = (purpose: string, end: number): number =>
  createHash('sha256').update(`${chance} ${purpose}`).digest().readUInt32BE() % end;

/** Where a storm's seeds begin. */
export const firstSeed = (purpose: string): number => byChance(purpose, 1_000_000_000);
