import { type Command, Option } from 'commander';
import { alerts } from './alerts.ts';
import { collect, subcommand } from './command-line.ts';
import type { ExitCode, Surroundings } from './contract.ts';
import { deploy } from './deploy.ts';
import { addSilence, DEFAULT_FOR, expireSilences, listSilences } from './silence.ts';
import { status } from './status.ts';

type Finish = (code: ExitCode) => void;

const daemonOptions = (): readonly Option[] => [
  new Option('--url <url>', 'where the daemon is; default OUTRIDER_URL, else http://127.0.0.1:9875'),
  new Option('--token <token>', 'one of auth.tokens in its config; better OUTRIDER_TOKEN: others see a flag'),
  new Option('--json', 'the API’s answer as JSON'),
];

const whoOption = () => new Option('--by <name>', 'who does it; default the token’s name');

/** Adds the commands that talk to a running daemon. */
export function addRemoteCommands(program: Command, around: Surroundings, finish: Finish): void {
  subcommand(program, {
    name: 'status',
    says: 'how the targets are, the gravest first; exit code 1 when one is down',
    example: 'outrider status --url http://127.0.0.1:9875',
    options: daemonOptions(),
  }).action(async (flags) => finish(await status(around, flags)));
  subcommand(program, {
    name: 'alerts',
    says: 'what is active, and why',
    example: 'outrider alerts --explain 5d4a8f6b',
    options: [
      ...daemonOptions(),
      new Option('--explain <fingerprint>', 'why this alert is in its state; the beginning of its fingerprint will do'),
    ],
  }).action(async (flags) => finish(await alerts(around, flags)));
  addSilenceCommands(program, around, finish);
  subcommand(program, {
    name: 'deploy',
    says: 'mark a new version among what changed; the answer is its id',
    example: 'outrider deploy 1.4.2 --service api --target api --grace 3m',
    options: [
      ...daemonOptions(),
      new Option('--service <name>', 'what was deployed'),
      new Option('--target <name>', 'a target that it touches; repeat for several, leave out for all').argParser(
        collect,
      ),
      whoOption(),
      new Option('--link <url>', 'where it says more: the pipeline, the release'),
      new Option(
        '--grace <duration>',
        'how long the targets may fail before anybody is told, until their first success',
      ),
    ],
  })
    .argument('<version>', 'the version that runs now')
    .action(async (version: string, flags) => finish(await deploy(around, version, flags)));
}

function addSilenceCommands(program: Command, around: Surroundings, finish: Finish): void {
  const silence = subcommand(program, {
    name: 'silence',
    says: 'keep alerts quiet for a while',
    example: `outrider silence add 'team="core"' --for 2h --comment 'disk swap'`,
    options: [],
  });
  subcommand(silence, {
    name: 'add',
    says: 'tell nobody of the alerts that fit every matcher; the answer is the id of the silence',
    example: `outrider silence add 'alertname=~"Http.*"' target=api --for 2h --comment 'new proxy'`,
    options: [
      ...daemonOptions(),
      new Option('--for <duration>', 'for how long').default(DEFAULT_FOR),
      new Option('--comment <text>', 'why'),
      whoOption(),
    ],
  })
    .argument(
      '<matcher...>',
      'as in Alertmanager: team="core", severity!=P3, alertname=~"Http.*"; a word alone is an alertname',
    )
    .action(async (matchers: string[], flags) => finish(await addSilence(around, matchers, flags)));
  subcommand(silence, {
    name: 'list',
    says: 'the silences that are set or will be',
    example: 'outrider silence list',
    options: [...daemonOptions(), new Option('--expired', 'those that ended too')],
  }).action(async (flags) => finish(await listSilences(around, flags)));
  subcommand(silence, {
    name: 'expire',
    says: 'end silences now',
    example: 'outrider silence expire 4f1c0d2e-9f0a-4c7e-8d53-0f6f8f1f2b3a',
    options: daemonOptions().filter(({ long }) => long !== '--json'),
  })
    .argument('<id...>', 'as `silence list` tells them')
    .action(async (ids: string[], flags) => finish(await expireSilences(around, ids, flags)));
}
