import { findBinary } from './binary.ts';
import { runAlone } from './lock.ts';
import type { Lack } from './requirement.ts';

const TIMEOUT_MS = 600_000;

/**
 * Each argument is a list of alternatives. Debian starts packaged servers on their default ports when it installs them:
 * policy-rc.d forbids that for the time of the installation, unless the machine has a policy of its own.
 */
const SCRIPT = `
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 1' INT TERM HUP
  printf '#!/bin/sh\\nexit 101\\n' >"$policy"
  chmod 755 "$policy"
fi
apt-get update -qq || echo 'apt-get update failed; trying with the lists that are here'
chosen=''
for alternatives in "$@"; do
  found=''
  for package in $alternatives; do
    [ -z "$found" ] && apt-get install -s -qq "$package" >/dev/null 2>&1 && found=$package
  done
  [ -n "$found" ] || { echo "no such package here: $alternatives"; exit 3; }
  chosen="$chosen $found"
done
apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 $chosen
`;

/** Whether packages can be installed here without asking anybody: Debian's apt, as root. */
export function canInstall(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0 && findBinary('apt-get') !== undefined;
}

/** Installs what is lacking; undefined when it worked, else the end of what apt said. */
export async function install(missing: readonly Lack[]): Promise<string | undefined> {
  const alternatives = [...new Set(missing.map(({ packages }) => packages.join(' ')))];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const args = ['-c', SCRIPT, 'install', ...alternatives];
  const command = { name: 'apt-get', file: '/bin/sh', args, env, mayFinish: true };
  const { code, stdout, stderr } = await runAlone(command, TIMEOUT_MS);
  if (code === 0) return undefined;
  return `apt-get: ${`${stdout}${stderr}`.trim().split('\n').slice(-3).join('; ')}`;
}
