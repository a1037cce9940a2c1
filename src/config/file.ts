import type { z } from 'zod';
import { nearest } from '../core/nearest.ts';
import { type Checking, checked, complain } from './checked.ts';
import { type FileKeys, fileSchema } from './file-schema.ts';
import { parseWith } from './words.ts';

/** What a key of the file says; a key that is wrong is absent. Each is checked on its own, so that all mistakes are told at once. */
export function readFileKeys(checking: Checking): Partial<FileKeys> {
  const { root } = checking;
  const shape: Readonly<Record<string, z.core.$ZodType>> = fileSchema.shape;
  const keys: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(shape)) {
    const entry = root.entries.get(key);
    if (entry !== undefined) keys[key] = checked(checking, schema, entry.value, [key]);
    else {
      const absent = parseWith(schema, undefined);
      if (absent.success) keys[key] = absent.data;
      else complain(checking, [key], { message: `missing: the file needs "${key}"` });
    }
  }
  for (const key of root.entries.keys()) {
    if (Object.hasOwn(shape, key)) continue;
    const suggestion = nearest(key, Object.keys(shape));
    complain(checking, [key], {
      key: true,
      message: 'unknown key',
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  }
  return keys;
}
