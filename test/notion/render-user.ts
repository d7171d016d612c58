import type { User } from './state.ts';
import type { World } from './world.ts';

/** Notion tells the minute. */
export const instant = (milliseconds: number): string => new Date(milliseconds - (milliseconds % 60_000)).toISOString();

export const partialUser = (id: string) => ({ object: 'user', id }) as const;

/** Whole if the integration may know users, else the id alone. */
export const renderUser = ({ capabilities, state }: World, { id, name, email }: User) => {
  if (!capabilities.has('read users') && id !== state.bot) return partialUser(id);
  const common = { ...partialUser(id), name, avatar_url: null } as const;
  if (email !== null) return { ...common, type: 'person', person: { email } } as const;
  return {
    ...common,
    type: 'bot',
    bot: {
      owner: { type: 'workspace', workspace: true },
      workspace_id: state.bot,
      workspace_limits: { max_file_upload_size_in_bytes: 5_242_880 },
      workspace_name: 'Local workspace',
    },
  } as const;
};
