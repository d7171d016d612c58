import { join } from 'node:path';
import { draftSpec, type DraftSpecInput } from '../app/draft-spec.ts';
import { publishSpec, type PublishInput } from '../app/publish-spec.ts';
import type { PublishingDeps } from '../app/write-pages.ts';
import { parseMigration } from '../migration/read-migration.ts';
import { extractJsonFields } from '../operations/extract-json-fields.ts';
import { demoSpecificationOther } from './errors.ts';
import { flagshipName, flagshipYaml } from './flagship.ts';

/** The page that the demonstration begins with, in place of the migration written by hand. */
export interface DemoSpecification {
  readonly draft: Omit<DraftSpecInput, 'out'>;
  readonly publish: Omit<PublishInput, 'migration' | 'dryRun'>;
}

/** Drafts the migration into a folder and publishes its plan and tasks, as the commands do; returns the path of the migration. */
export async function fromSpecification(
  deps: PublishingDeps,
  { draft, publish }: DemoSpecification,
  folder: string,
): Promise<string> {
  const migration = join(folder, `${flagshipName}.yaml`);
  const { yaml } = await draftSpec(deps, { ...draft, out: migration });
  if (yaml === null || columnsOf(yaml) !== columnsOf(flagshipYaml)) throw demoSpecificationOther(draft.page);
  const here = { ...deps, config: { ...deps.config, cwd: draft.cwd } }; // where the page is named from
  await publishSpec(here, { ...publish, migration, dryRun: false });
  return migration;
}

/** What the demonstration's application needs at the end; in no order. */
function columnsOf(yaml: string): string {
  const { operations } = parseMigration(yaml, { file: `${flagshipName}.yaml`, format: 'yaml' }).document;
  const columns = operations.flatMap(({ extract_json: fields, ...others }) => {
    const extraction = extractJsonFields.safeParse(fields);
    if (!extraction.success) return Object.keys(others);
    return extraction.data.into.flatMap(({ table, columns }) =>
      Object.entries(columns).map(([name, { type }]) => `${table.name}.${name} ${type}`),
    );
  });
  return columns.sort().join();
}
