/** PostgreSQL's table locks, weakest first. */
export const lockModes = [
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
] as const;

export type LockMode = (typeof lockModes)[number];

export const atLeast = (mode: LockMode, least: LockMode): boolean =>
  lockModes.indexOf(mode) >= lockModes.indexOf(least);
