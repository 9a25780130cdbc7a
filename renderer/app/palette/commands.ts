import type { Bridge } from '../../bridge/bridge.ts';
import { BridgeError } from '../../bridge/error.ts';
import type { Stores } from '../../stores/stores.tsx';
import { PAGE_GROUPS, PAGE_TABLE } from '../page-table.ts';

export interface Command {
  readonly id: string;
  readonly group: 'Go to' | 'Do' | 'Show';
  readonly label: string;
  /** More words that find it. */
  readonly words: string;
  readonly keys?: string;
  readonly run: () => void;
}

/** Main says why; anything else is a defect of this page. */
const whyNot = (cause: unknown): string =>
  cause instanceof BridgeError ? cause.message : 'The practice console could not be asked for.';

type Scope = Pick<Stores, 'ui' | 'notices'>;

const pages = ({ ui }: Scope): Command[] =>
  PAGE_TABLE.map((page) => ({
    id: `go-${page.id}`,
    group: 'Go to',
    label: page.label,
    words: `page screen open ${PAGE_GROUPS.find(({ id }) => id === page.group)?.label ?? ''}`,
    keys: `G ${page.letter}`,
    run: () => ui.go(page.id),
  }));

/** Its window is another program's: that it opens is said here. */
const practice = (notices: Scope['notices'], ui: Scope['ui'], bridge: Bridge): Command => ({
  id: 'practice',
  group: 'Do',
  label: 'Open a practice console',
  words: 'simulate simulator sample try demo second',
  run: () => {
    ui.setPalette(false);
    bridge.ask('practice.open', undefined).then(
      () => notices.add('info', 'The practice console opens in a window of its own.', Date.now()),
      (cause: unknown) => notices.add('error', whyNot(cause), Date.now()),
    );
  },
});

function actions({ ui, notices }: Scope, bridge: Bridge): Command[] {
  const attempt = (work: Promise<unknown>, failed: string) => {
    ui.setPalette(false);
    work.catch(() => notices.add('error', failed, Date.now()));
  };
  return [
    {
      id: 'create-key',
      group: 'Do',
      label: 'Create an inference key',
      words: 'new add token',
      run: () => ui.go('keys', 'create-key'),
    },
    {
      id: 'enrol',
      group: 'Do',
      label: 'Enrol this console',
      words: 'operator sign enroll register',
      run: () => ui.go('operators', 'enrol'),
    },
    {
      id: 'invite',
      group: 'Do',
      label: 'Invite a local tool operator',
      words: 'simulate simulator traffic operator',
      run: () => ui.go('operators', 'invite'),
    },
    practice(notices, ui, bridge),
    {
      id: 'freeze',
      group: 'Do',
      label: 'Stop all spending',
      words: 'freeze incident emergency halt drain money',
      keys: 'F',
      run: () => ui.askFreeze('order'),
    },
    {
      id: 'assume-stolen',
      group: 'Do',
      label: 'Assume a credential is stolen',
      words: 'contain revoke reach incident key session leak',
      run: () => ui.showIncidents({ tab: 'stolen', credential: null }),
    },
    {
      id: 'lock',
      group: 'Do',
      label: 'Lock the vault',
      words: 'close secure leave',
      run: () =>
        attempt(bridge.ask('vault.lock', undefined), 'Locking failed. Close the console to lock it.'),
    },
  ];
}

/** A view that the palette leaves behind when it is chosen. */
const shower =
  (ui: Scope['ui']) =>
  (id: string, label: string, words: string, run: () => void): Command => ({
    id,
    group: 'Show',
    label,
    words,
    run: () => {
      run();
      ui.setPalette(false);
    },
  });

function lists({ ui }: Scope): Command[] {
  const show = shower(ui);
  return [
    show('accounts', 'Identity: accounts', 'users email logged in', () => ui.showIdentity('accounts')),
    show('agents', 'Identity: agents', 'claimed unclaimed heartbeat rekey', () => ui.showIdentity('agents')),
    show('open-sessions', 'Identity: open sessions', 'log out end device revoke', () =>
      ui.showIdentity('sessions', { state: 'open' }),
    ),
    show('credentials', 'Identity: active keys of every family', 'tokenmart th thm tmid token revoke', () =>
      ui.showIdentity('keys', { state: 'active' }),
    ),
    show('refusals', 'Ledger: refused credentials', 'auth bad token attack', () =>
      ui.showLedger({ category: 'auth' }),
    ),
    show('over-limit', 'Ledger: requests over a limit', 'rate refused 429', () =>
      ui.showLedger({ category: 'limit' }),
    ),
    show('key-entries', 'Ledger: keys created and revoked', 'audit', () =>
      ui.showLedger({ category: 'key' }),
    ),
  ];
}

function looks({ ui }: Scope): Command[] {
  const show = shower(ui);
  const { theme, density, navigation } = ui.getState();
  const nextTheme = theme === 'light' ? 'dark' : 'light';
  const nextDensity = density === 'compact' ? 'comfortable' : 'compact';
  const nextWidth = navigation === 'wide' ? 'rail' : 'wide';
  return [
    {
      id: 'help',
      group: 'Show',
      label: 'Help on this screen',
      words: 'guide runbook docs how to',
      keys: 'H',
      run: () => ui.openHelp(),
    },
    {
      id: 'keys-list',
      group: 'Show',
      label: 'Keys of the keyboard',
      words: 'cheat sheet shortcuts help',
      keys: '?',
      run: () => ui.setCheatSheet(true),
    },
    show(
      'navigation',
      `Navigation: ${nextWidth === 'rail' ? 'narrow' : 'wide'}`,
      'sidebar collapse rail screens',
      () => ui.prefer({ navigation: nextWidth }),
    ),
    show('theme', `Theme: ${nextTheme}`, 'dark light colour color', () => ui.prefer({ theme: nextTheme })),
    show('theme-system', 'Theme: follow the system', 'dark light auto', () => ui.prefer({ theme: 'system' })),
    show('density', `Density: ${nextDensity}`, 'compact comfortable rows space', () =>
      ui.prefer({ density: nextDensity }),
    ),
  ];
}

/** Every screen and every action, as the palette offers them. */
export const commandsFor = (scope: Scope, bridge: Bridge): Command[] => [
  ...pages(scope),
  ...actions(scope, bridge),
  ...lists(scope),
  ...looks(scope),
];
