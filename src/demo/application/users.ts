import type { Preferences } from './preferences.ts';
import { preferenceKeys } from './preferences.ts';
import type { Outcome } from './transaction.ts';

const HOT_USERS = 500;

/** Who exists, who is being worked on, and what was last acknowledged about each. */
export function knowUsers(rows: number, fits: (user: number) => boolean) {
  const busy = new Set<number>();
  const deleted = new Set<number>();
  const added: number[] = [];
  const acknowledged = new Map<number, Partial<Preferences>>();
  const hotStep = Math.max(1, Math.floor(rows / HOT_USERS));

  /** Half of the work goes to a few users, so that every version keeps meeting what the others wrote. */
  const candidate = (): number => {
    if (Math.random() < 0.5) return 1 + hotStep * Math.floor(Math.random() * Math.min(HOT_USERS, rows));
    const place = Math.floor(Math.random() * (rows + added.length));
    return place < rows ? place + 1 : (added[place - rows] ?? 1);
  };

  return {
    /** A user nobody works on, taken until `release`. */
    claim: (kind: 'any' | 'fitting'): number => {
      for (;;) {
        const user = candidate();
        if (busy.has(user) || deleted.has(user) || (kind === 'fitting' && !fits(user))) continue;
        busy.add(user);
        return user;
      }
    },
    /** Takes this user, if nobody works on it. */
    claimThis: (user: number): boolean => {
      if (busy.has(user) || deleted.has(user)) return false;
      busy.add(user);
      return true;
    },
    release: (user: number) => void busy.delete(user),
    /** Remembers an acknowledged write; for a read, says whether it returned the last one. */
    acknowledge: (outcome: Outcome): { readonly stale: boolean } => {
      if (outcome === null) return { stale: false };
      const { user } = outcome;
      const known = acknowledged.get(user);
      if ('read' in outcome) return { stale: known !== undefined && differences(known, outcome.read).length > 0 };
      if ('deleted' in outcome) {
        deleted.add(user);
        acknowledged.delete(user);
        return { stale: false };
      }
      if (known === undefined && user > rows) added.push(user);
      acknowledged.set(user, { ...known, ...outcome.wrote });
      return { stale: false };
    },
    /** Nobody knows whether a write that failed was applied. */
    forget: (user: number) => void acknowledged.delete(user),
    touched: () => [...acknowledged.keys()],
    gone: () => [...deleted],
    known: (user: number) => acknowledged.get(user) ?? {},
  };
}

export type Users = ReturnType<typeof knowUsers>;

/** The keys in which what is shown is not what was last acknowledged. */
export const differences = (known: Partial<Preferences>, shown: Preferences): (keyof Preferences)[] =>
  preferenceKeys.filter((key) => known[key] !== undefined && known[key] !== shown[key]);
