import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The flagship migration, as a person writes it: what the demo runs. */
export const flagshipName = 'user-preferences';

export const flagshipYaml = `version: 1
name: user-preferences
operations:
  - extract_json:
      table: users
      column: preferences
      into:
        - table: user_preferences
          columns:
            theme:          { type: text, from: theme, default: system }
            language:       { type: text, from: language, index: true }
            items_per_page: { type: integer, from: items_per_page }
        - table: notification_preferences
          columns:
            email:  { type: boolean, from: notifications.email, default: true, not_null: true }
            digest: { type: text, from: [notifications, digest], check: "digest in ('daily','weekly','never')" }
      remainder: { table: user_preferences, column: other }
`;

/** Writes the migration into a folder, as `lockkeeper new` would have, and says where. */
export async function writeFlagship(folder: string): Promise<string> {
  const path = join(folder, `${flagshipName}.yaml`);
  await writeFile(path, flagshipYaml);
  return path;
}
