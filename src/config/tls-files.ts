import { type Checking, complain } from './checked.ts';
import type { NamedFiles } from './files.ts';
import { childOf, type MapNode, type Path, textOf } from './located.ts';

/** The file of authorities that the `tls` block of a target or receiver names. */
const authorityOf = (node: MapNode): string | undefined => textOf(childOf(childOf(node, 'tls'), 'ca'));

/** Tells of a `tls.ca` that cannot be used. */
export function checkAuthority(
  checking: Checking,
  files: NamedFiles,
  { node, path }: { node: MapNode; path: Path },
): void {
  const written = authorityOf(node);
  if (written === undefined) return;
  const authority = files.authority(written);
  if (!authority.ok) complain(checking, [...path, 'tls', 'ca'], { message: `the file ${written} ${authority.why}` });
}

/** What the files that a target or receiver names hold, so that a new certificate is a change of it. */
export function contentsOf(files: NamedFiles, node: MapNode): readonly string[] {
  const written = authorityOf(node);
  const authority = written === undefined ? undefined : files.authority(written);
  return authority?.ok === true ? [authority.text] : [];
}
