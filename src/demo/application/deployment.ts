import { bothVersion } from './both-version.ts';
import { newVersion } from './new-version.ts';
import { oldVersion } from './old-version.ts';
import type { Transaction, Version } from './transaction.ts';

const versions: Readonly<Record<Version['name'], Version>> = { old: oldVersion, new: newVersion, both: bothVersion };

/** How traffic is shared between the versions that are in service. */
const shares: Readonly<Record<Version['name'], number>> = { old: 2, new: 2, both: 1 };

/** Which versions of the application are in service. */
export function deploy() {
  const inService = new Set<Version['name']>(['old']);

  const choose = (suits: (transaction: Transaction) => boolean): Transaction => {
    const choices = [...inService].flatMap((name) =>
      versions[name].transactions
        .filter(suits)
        .map((transaction) => ({ transaction, share: (transaction.share * shares[name]) / 100 })),
    );
    let left = Math.random() * choices.reduce((sum, { share }) => sum + share, 0);
    for (const { transaction, share } of choices) {
      left -= share;
      if (left < 0) return transaction;
    }
    throw new Error('No version of the application is in service.');
  };

  return {
    start: (...names: Version['name'][]) => names.forEach((name) => inService.add(name)),
    stop: (...names: Version['name'][]) => names.forEach((name) => inService.delete(name)),
    any: () => choose(() => true),
    writerOfUsers: () => choose(({ writesUsers }) => writesUsers),
  };
}
