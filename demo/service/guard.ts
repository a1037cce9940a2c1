import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';

/**
 * What must not outlive this process even if it is killed: a small shell holds the list and, when its pipe closes, ends
 * each process with its group and children (SIGINT and two seconds first, so that Postgres frees its memory), then removes the folders.
 */
export interface Held {
  release(): void;
}

const SCRIPT = `
trap '' INT TERM HUP
tree() {
  for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do tree "$child" "$2"; done
  kill -s "$2" -- "-$1" 2>/dev/null
  kill -s "$2" "$1" 2>/dev/null
}
IFS='
'
held=''
while read -r line; do
  case $line in
    +*) held="$held
\${line#+}" ;;
    -*) rest=''
        for item in $held; do [ "$item" = "\${line#-}" ] || rest="$rest
$item"; done
        held=$rest ;;
  esac
done
IFS=' 
'
processes() { echo "$held" | while read -r kind item; do [ "$kind" = process ] && "$@"; done }
processes eval 'kill -s INT "$item" 2>/dev/null; tree "$item" CONT'
for turn in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  [ -n "$(processes eval 'kill -0 "$item" 2>/dev/null && echo alive')" ] || break
  sleep 0.1
done
processes eval 'tree "$item" KILL'
[ -z "$held" ] || sleep 0.2
echo "$held" | while read -r kind item; do [ "$kind" = folder ] && rm -rf -- "$item"; done
`;

let shell: ChildProcess | undefined;

/** Kills the process, its group and its children if this process goes away without having released it. */
export function holdProcess(pid: number): Held {
  return hold(`process ${pid}`);
}

/** Removes the folder if this process goes away without having released it. */
export function holdFolder(path: string): Held {
  return hold(`folder ${path}`);
}

function hold(item: string): Held {
  tell(`+${item}`);
  return { release: () => tell(`-${item}`) };
}

function tell(line: string): void {
  shell ??= open();
  shell.stdin?.write(`${line}\n`);
}

function open(): ChildProcess {
  const child = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], cwd: '/' });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  return child;
}
