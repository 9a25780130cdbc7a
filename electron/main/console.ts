import { randomUUID } from 'node:crypto';
import { app, clipboard, powerMonitor } from 'electron';
import { APP_CONTRACTS } from '../../shared/ipc/app.ts';
import { type Backend, createBackend, type Service } from '../backend/backend.ts';
import { eachStep } from '../backend/each-step.ts';
import type { AdminSocket } from '../backend/runtime-folder.ts';
import { watched } from '../developer/open.ts';
import { createGate, whereOf } from '../ipc/gate.ts';
import { appHandlers } from '../ipc/handlers.ts';
import { serveGate } from '../ipc/transport.ts';
import { openAdminSocket } from './admin-socket.ts';
import { restartIntoAirGap } from './air-gap.ts';
import { alarm } from './alarm.ts';
import { type AppWindow, openAppWindow } from './app-window.ts';
import { openBundled } from './bundled.ts';
import { choosers } from './choose-file.ts';
import { createClipboardLoan } from './clipboard.ts';
import { mayHoldVault } from './data-folder.ts';
import { createDrafts } from './drafts.ts';
import { greetingOf } from './greeting.ts';
import type { Ground } from './ground.ts';
import { startJudge } from './judge-thread.ts';
import { keepersOf } from './keeper-process.ts';
import { say } from './leave.ts';
import { Lifecycle, type Parts } from './lifecycle.ts';
import { saidOf } from './links.ts';
import { watchLockTriggers } from './lock-triggers.ts';
import { aloneBy } from './practice.ts';
import { closedOf, type PracticeDesk, practiceDesk } from './practice-desk.ts';
import { saveFile } from './save-file.ts';
import { screenWatcher } from './screen-lock.ts';
import { selfChecks } from './self-checks.ts';
import { openSessions, type Sessions } from './sessions.ts';
import { openSettings, type Settings, type SettingsFile } from './settings-file.ts';
import { keeperSide } from './signing.ts';
import { every, later } from './timers.ts';
import { type ConsoleTray, trayOf } from './tray.ts';
import { openTrustedWindow, type TrustedWindow } from './trusted-window.ts';
import { openUpdates } from './updates.ts';
import { windowTitle } from './window-title.ts';

/** The running console, put together: the only place that knows everyone. */
export class Console {
  readonly #ground: Ground;
  readonly #sessions: Sessions;
  readonly #settings: SettingsFile;
  readonly #clipboard = createClipboardLoan({ clipboard, setTimer: later });
  readonly #drafts = createDrafts();
  readonly #tray: ConsoleTray;
  readonly #practice: PracticeDesk;
  readonly #backend: Backend;
  readonly #lifecycle: Lifecycle;
  #stopTriggers: (() => void) | null = null;
  #window: AppWindow | null = null;
  /** The trusted window that was opened last: all there is to show while locked. */
  #trusted: TrustedWindow | null = null;
  #payerKey: string | null = null;
  readonly #choose = choosers(() => this.#window?.native);
  readonly #socket: AdminSocket;
  readonly #self = selfChecks({
    info: () => this.#ground.info(),
    vaultStatus: () => this.#lifecycle.status,
    rendererPid: () => this.#window?.rendererPid() ?? null,
    keeper: () => this.#lifecycle.keeper,
    sessions: () => this.#sessions,
    root: () => this.#ground.folders.root,
  });

  private constructor(ground: Ground, sessions: Sessions) {
    this.#ground = ground;
    this.#sessions = sessions;
    this.#settings = openSettings(ground.folders.settings);
    this.#socket = openAdminSocket(ground.folders.root);
    this.#tray = trayOf(ground, {
      lifecycle: () => this.#lifecycle,
      backend: () => this.#backend,
      open: () => this.focus(),
    });
    this.#practice = practiceDesk(ground, () => this.#backend);
    this.#backend = this.#createBackend();
    this.#lifecycle = new Lifecycle(this.#parts());
    this.#serveGate();
  }

  static async open(ground: Ground): Promise<Console> {
    const opened = new Console(ground, await openSessions(ground.paths.pages));
    opened.#lifecycle.start();
    return opened;
  }

  focus(): void {
    (this.#window ?? this.#trusted)?.focus();
  }

  /** Shows where a link leads, now or after the next unlock. @param link of anybody who can make the system open one */
  follow(link: string): void {
    this.#backend.push(saidOf(link, new Date()));
    this.focus();
  }

  async close(): Promise<void> {
    this.#stopTriggers?.();
    this.#tray.close();
    this.#lifecycle.end();
    this.#practice.endSimulator();
    await Promise.all([this.#clipboard.clear(), this.#backend.stop()]);
    this.#socket.remove();
  }

  /** From the first unlock on: before it there is nothing to lock. */
  #watchLockTriggers(): void {
    this.#stopTriggers ??= watchLockTriggers({
      power: powerMonitor,
      setInterval: every,
      idleMinutes: () => this.#settings.get().idleMinutes,
      watchScreen: screenWatcher(this.#ground.log.info),
      lock: (reason) => this.#lifecycle.lock(reason),
    });
  }

  #createBackend(): Backend {
    const { folders, paths } = this.#ground;
    return createBackend({
      bundled: this.#createService(),
      // After the answer: the page that asked is the one that goes.
      renewPage: () =>
        setImmediate(() => {
          this.#drafts.forget();
          this.#window?.renew();
        }),
      serviceChanged: this.#serviceChanged,
      closed: () => closedOf(this.#ground),
      alone: () => aloneBy(this.#ground),
      serviceFolder: folders.service,
      operatorsFolder: folders.operators,
      key: () => this.#lifecycle.key,
      ...keeperSide(() => this.#lifecycle.keeper),
      chooseFile: this.#choose.file,
      mirroring: {
        folder: () => this.#settings.get().mirror,
        remember: (mirror) => this.#remember({ mirror }),
        chooseFolder: this.#choose.folder,
      },
      verifying: { start: (job) => startJudge(paths.verifier, job), chooseExisting: this.#choose.existing },
      greeting: () => greetingOf(this.#lifecycle.status, this.#backend),
      heard: this.#tray.hearing(alarm(this.#ground.isPractice, (link) => this.follow(link))),
      ...{ checkSelf: this.#self.check, stepFailed: this.#stepFailed, setTimer: later },
    });
  }

  #createService(): Service {
    return openBundled(this.#ground, {
      keeper: () => this.#lifecycle.keeper,
      mayHaveKeys: () => this.#lifecycle.isUnlocked,
      settings: this.#settings.get,
      payerKey: () => this.#payerKey,
      socket: () => this.#socket.path,
      onStatus: (status) => {
        this.#backend.push({ type: 'service', status });
        this.#serviceChanged();
      },
      onServing: () => this.#backend.serviceServes(),
      notice: this.#notice,
    });
  }

  #notice = (level: 'info' | 'warning' | 'error', text: string): void =>
    this.#backend.push({ type: 'notice', level, text, at: new Date().toISOString() });

  /** A lock goes on past a step that fails; what was left undone is logged and said. */
  #stepFailed = (step: string, error: unknown): void => {
    this.#ground.log.error({ step, where: whereOf(error) });
    this.#notice('warning', `Locking could not finish one step: ${step}. Everything else was locked.`);
  };

  /** A disk that takes no more must not hold up a lock: a setting that cannot be saved still holds until quit. */
  #remember(change: Partial<Settings>): void {
    try {
      this.#settings.set(change);
    } catch (error) {
      this.#ground.log.error({ settings: whereOf(error) });
      this.#notice('warning', 'The settings could not be saved. Free some space, then change them again.');
    }
  }

  #serviceChanged = (): void => {
    this.#practice.serviceChanged();
    this.#window?.setTitle(this.#title());
    this.#tray.refresh();
  };

  #title = (): string =>
    windowTitle(this.#ground, this.#backend.service.status(), this.#backend.connection());

  #parts(): Parts {
    const { folders, paths, log, isPractice } = this.#ground;
    return {
      forkKeeper: keepersOf(this.#ground, this.#practice.openOrSay),
      openTrusted: (opening) =>
        openTrustedWindow({
          ...opening,
          session: this.#sessions.trusted,
          ...{ preload: paths.trustedPreload, isPractice },
          ...(this.#window ? { parent: this.#window.native } : {}),
        }),
      openApp: (opening) => this.#openApp(opening),
      vaultDirectory: folders.vault,
      hasVault: () => mayHoldVault(folders.vault),
      idleMinutes: () => this.#settings.get().idleMinutes,
      didUnlock: () => {
        this.#watchLockTriggers();
        this.#backend.didUnlock();
        this.#tray.show();
        this.#tray.refresh();
      },
      didLock: () =>
        eachStep(
          {
            'end the simulator': this.#practice.endSimulator,
            'clear the clipboard': this.#clipboard.clear,
            'forget what was typed': this.#drafts.forget,
            'shut the admin plane': this.#backend.didLock,
          },
          this.#stepFailed,
        ),
      stepFailed: this.#stepFailed,
      didChangeStatus: (status) => {
        this.#backend.push({ type: 'vault', status });
        this.#tray.refresh();
      },
      copy: (text) => void this.#clipboard.copy(text),
      payerKey: (fingerprint) => {
        this.#payerKey = fingerprint;
      },
      usesWaiting: () => this.#backend.sendUses(),
      saveFile: saveFile({ choose: this.#choose.file, notice: this.#notice }),
      notice: (level, text) => {
        log.warn({ notice: text });
        this.#notice(level, text);
      },
      ...{ say, quit: () => app.quit() },
      ...{ setTimer: later, now: () => performance.now() },
    };
  }

  #openApp(opening: Parameters<Parts['openApp']>[0]): AppWindow {
    const window = openAppWindow({
      ...opening,
      session: this.#sessions.app,
      preload: this.#ground.paths.appPreload,
      bounds: this.#settings.get().bounds,
      title: this.#title(),
      onBounds: (bounds) => this.#remember({ bounds }),
      onFocus: this.#tray.seen,
    });
    this.#window = window;
    return {
      ...window,
      destroy: () => {
        if (this.#window === window) this.#window = null;
        window.destroy();
      },
    };
  }

  #serveGate(): void {
    const { airGap, folders, info, log } = this.#ground;
    const gate = createGate({
      contracts: APP_CONTRACTS,
      handlers: appHandlers({
        ...this.#backend,
        drafts: this.#drafts,
        info,
        airGap: { state: () => airGap, enter: restartIntoAirGap },
        practice: this.#practice.asked,
        updates: openUpdates(folders.root, this.#choose.existing),
        examine: this.#self.examine,
        vaultStatus: () => this.#lifecycle.status,
        keeper: () => this.#lifecycle.keeper,
        lock: () => this.#lifecycle.lock('demand'),
        setIdleMinutes: (idleMinutes) => {
          this.#remember({ idleMinutes });
          this.#lifecycle.keeper?.setIdleMinutes(idleMinutes);
        },
        serviceStatus: () => this.#backend.service.status(),
        restartService: () => this.#backend.service.restart(),
        openStream: async (after) => {
          const port = await this.#backend.openStream(after);
          this.#window?.handStreamPort(port);
        },
      }),
      appContentsId: () => this.#window?.contentsId() ?? null,
      isUnlocked: () => this.#lifecycle.isUnlocked,
      newRequestId: randomUUID,
      log: (event) => log.warn({ gate: event }),
    });
    serveGate(watched(gate));
  }
}
