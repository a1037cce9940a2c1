import { type Checking, checked } from './checked.ts';
import { defaultsSchema, type FileKeys, fileSchema } from './file-schema.ts';
import { childOf } from './located.ts';
import { checkKnown, type ReadKeys, readKeys } from './read-keys.ts';

/** The keys at the top of the file; what is wrong is absent. */
export interface WrittenFile {
  readonly keys: Partial<FileKeys>;
  /** Keys of `defaults` that are wrong: what targets would inherit by them is unknown. */
  readonly brokenDefaults: ReadonlySet<string>;
}

const FILE_KEYS: ReadonlySet<string> = new Set(Object.keys(fileSchema.shape));
const DEFAULTS_KEYS: ReadonlySet<string> = new Set(Object.keys(defaultsSchema.shape));

const othersSchema = fileSchema.omit({ defaults: true });

/** Reads the top of the file, and `defaults` key by key, so that one mistake there hides none in the targets. */
export function readFile(checking: Checking): WrittenFile {
  const { root } = checking;
  const { values } = readKeys(checking, othersSchema, root, []);
  checkKnown(checking, root, [], FILE_KEYS);
  const { values: defaults, broken: brokenDefaults } = readDefaults(checking);
  return { keys: { ...values, defaults }, brokenDefaults };
}

const NONE: ReadKeys<NonNullable<FileKeys['defaults']>> = { values: {}, broken: new Set() };

function readDefaults(checking: Checking): typeof NONE {
  const node = childOf(checking.root, 'defaults');
  if (node === undefined) return NONE;
  if (node.kind !== 'map') {
    checked(checking, defaultsSchema, node, ['defaults']);
    return { values: {}, broken: DEFAULTS_KEYS };
  }
  checkKnown(checking, node, ['defaults'], DEFAULTS_KEYS);
  return readKeys(checking, defaultsSchema, node, ['defaults']);
}
