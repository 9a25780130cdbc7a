import { basename, dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app, type UtilityProcess, utilityProcess, type WebContents } from 'electron';
import { APP_ORIGIN } from '../../shared/ipc/channels.ts';
import {
  API_VARIABLE,
  type ConsoleAnswer,
  type ConsoleOrder,
  consoleOrder,
  type SourceAnswer,
  type SourceOrder,
  sourceAnswer,
} from './console/order.ts';
import { going, LIVE_OVERVIEW, unlocking, untilSize, WATCH_FRAMES } from './console/pages.ts';
import { TARGET_VARIABLE } from './start-line.ts';

/**
 * Starts the console as it is and sits where a person would: types the passphrase, goes to a screen, looks at it. Its orders come
 * from the bench. For row P6 the service's api process is another one, whose stream is fed from memory.
 */

/** Electron keeps it outside its public types; its own launcher calls it with the folder of the program. */
interface AppWithPath {
  setAppPath(path: string): void;
}

/** The first page at this address, once its document is there. */
const pageAt = (path: string): Promise<WebContents> =>
  new Promise((resolve) => {
    app.on('web-contents-created', (_, contents) => {
      contents.on('dom-ready', () => {
        if (contents.getURL().startsWith(`${APP_ORIGIN}/${path}`)) resolve(contents);
      });
    });
  });
const unlockWindow = pageAt('trusted.html');
const appWindow = pageAt('index.html');

/** The process that stands for the api, once the console has forked it. */
let source: UtilityProcess | null = null;
const measuredApi = process.env[API_VARIABLE];
const fork = utilityProcess.fork;
utilityProcess.fork = (entry, ...more) => {
  const isSource = measuredApi !== undefined && basename(entry) === 'api.js';
  const child = fork(isSource ? measuredApi : entry, ...more);
  if (isSource) source = child;
  return child;
};

function tellSource(order: SourceOrder): void {
  if (!source) throw new TypeError('the console has not started its service');
  source.postMessage(order);
}

const released = (): Promise<SourceAnswer['released']> =>
  new Promise((resolve) => {
    const hear = (message: unknown): void => {
      const parsed = sourceAnswer.safeParse(message);
      if (!parsed.success) return;
      source?.off('message', hear);
      resolve(parsed.data.released);
    };
    source?.on('message', hear);
  });

const residentMib = (pid: number): number =>
  (app.getAppMetrics().find((one) => one.pid === pid)?.memory.workingSetSize ?? 0) / 1024;

async function unlock({ n, passphrase }: Extract<ConsoleOrder, { type: 'unlock' }>): Promise<ConsoleAnswer> {
  const live = appWindow.then(async (page) => {
    const document = Date.now();
    return { document, ...(await page.executeJavaScript(LIVE_OVERVIEW)) } as Record<string, number>;
  });
  const sentAt: number = await (await unlockWindow).executeJavaScript(unlocking(passphrase));
  return { type: 'unlocked', n, sentAt, stages: await live };
}

async function stream({ n, ...order }: Extract<ConsoleOrder, { type: 'live' }>): Promise<ConsoleAnswer> {
  const page = await appWindow;
  const pid = page.getOSProcessId();
  const watching = page.executeJavaScript(WATCH_FRAMES);
  const memory: number[] = [];
  tellSource({ bench: 'release', perSecond: order.perSecond });
  const sampling = setInterval(() => memory.push(residentMib(pid)), 1000);
  await new Promise((resolve) => setTimeout(resolve, order.seconds * 1000));
  const marks = released();
  tellSource({ bench: 'hold', perSecond: 0 });
  const written = await marks;
  clearInterval(sampling);
  await page.executeJavaScript(untilSize(written.at(-1)?.size ?? 0));
  return { type: 'streamed', n, released: written, memory, ...(await watching) };
}

async function obey(order: Exclude<ConsoleOrder, { type: 'stop' }>): Promise<ConsoleAnswer> {
  if (order.type === 'unlock') return unlock(order);
  if (order.type === 'live') return stream(order);
  await (await appWindow).executeJavaScript(going(order.page));
  return { type: 'shown', n: order.n };
}

process.on('message', (message) => {
  const order = consoleOrder.parse(message);
  if (order.type === 'stop') return app.quit();
  obey(order).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      app.exit(1);
    },
  );
});
process.on('disconnect', () => app.quit());

const target = process.env[TARGET_VARIABLE];
if (target === undefined) throw new TypeError(`${TARGET_VARIABLE} names the program to start`);
(app as unknown as AppWithPath).setAppPath(dirname(target));
await import(pathToFileURL(target).href);
