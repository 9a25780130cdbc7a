import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';
import { INTERACTIVE_PREFIX, TARGET_VARIABLE } from './start-line.ts';

/**
 * Starts another Electron program as it is and says when its first window can be typed into: an enabled field in a
 * visible page, and two frames presented since. Both sides of row P1 start through this file.
 */
const INTERACTIVE = `new Promise((resolve) => {
  const look = () => {
    if (document.querySelector('input:not(:disabled)') === null) requestAnimationFrame(look);
    else requestAnimationFrame(() => requestAnimationFrame(() => resolve(Date.now())));
  };
  look();
})`;

/** Electron keeps it outside its public types; its own launcher calls it with the folder of the program. */
interface AppWithPath {
  setAppPath(path: string): void;
}

app.on('web-contents-created', (_, contents) => {
  contents.once('dom-ready', () => {
    contents.executeJavaScript(INTERACTIVE).then(
      (atMs: number) => process.stdout.write(`${INTERACTIVE_PREFIX}${atMs}\n`),
      // The window closed before it could be used: another one will be.
      () => undefined,
    );
  });
});

const target = process.env[TARGET_VARIABLE];
if (target === undefined) throw new TypeError(`${TARGET_VARIABLE} names the program to start`);
(app as unknown as AppWithPath).setAppPath(dirname(target));
await import(pathToFileURL(target).href);
