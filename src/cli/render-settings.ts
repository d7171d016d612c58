import type { SettingsDocument } from '../app/control.ts';
import { columns, oneLine } from '../report/text.ts';

/** Whether a run stands still, and what was tuned. */
export const renderSettings = ({ migration, paused, settings }: SettingsDocument): string => {
  const tuned = Object.entries(settings).map(([name, value]) => [name, value === null ? 'no limit' : String(value)]);
  return [
    oneLine(`${migration}: ${paused ? 'paused' : 'not paused'}.`),
    ...(tuned.length ? [columns(['', ''], tuned)] : []),
  ].join('\n');
};
