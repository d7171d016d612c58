import { writeFileSync } from 'node:fs';
import type { SerializedError, TestModule } from 'vitest/node';
import type { Reporter } from 'vitest/reporters';

/** One error and what caused it, outermost first. */
export type Failure = readonly { readonly name: string; readonly message: string; readonly code: string | null }[];

export interface Testimony {
  readonly tests: readonly { readonly name: string; readonly failed: boolean; readonly failures: readonly Failure[] }[];
  /** Of modules that could not be loaded, and of nobody's. */
  readonly broken: readonly string[];
}

/** Writes down how each test ended, with its errors. */
export class Witness implements Reporter {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const testimony: Testimony = {
      tests: modules.flatMap((module) =>
        [...module.children.allTests()]
          .filter((test) => test.result().state !== 'skipped')
          .map((test) => ({
            name: test.fullName,
            failed: test.result().state !== 'passed',
            failures: (test.result().errors ?? []).map(chain),
          })),
      ),
      broken: [...modules.flatMap((module) => module.errors()), ...unhandled].map((error) => error.message),
    };
    writeFileSync(this.#file, JSON.stringify(testimony));
  }
}

function chain(error: unknown): Failure {
  if (typeof error !== 'object' || error === null) return [];
  const { name, message, code, cause } = error as Record<string, unknown>;
  const one = { name: String(name), message: String(message), code: typeof code === 'string' ? code : null };
  return [one, ...chain(cause)];
}
