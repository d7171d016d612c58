import { changeColumnType } from './change-column-type.ts';
import { createIndex } from './create-index.ts';
import { extractJson } from './extract-json.ts';
import { renameColumn } from './rename-column.ts';

/** Every operation we know. Adding one is: write its file, list it here. */
export const operations = [changeColumnType, createIndex, extractJson, renameColumn] as const;
