import { app, BrowserWindow } from 'electron';
import { blankFrames } from './console/pages.ts';
import { FRAMES_PREFIX, SECONDS_VARIABLE } from './live/blank.ts';

/** The reference of row P6: the frame rate of a sandboxed page, as large as the console's, in which one box moves. */
const PAGE =
  'data:text/html,<title>blank</title><i style="position:absolute;width:40px;height:40px;background:teal"></i>';

async function measure(): Promise<number> {
  const window = new BrowserWindow({ width: 1440, height: 900, webPreferences: { sandbox: true } });
  await window.loadURL(PAGE);
  return window.webContents.executeJavaScript(blankFrames(Number(process.env[SECONDS_VARIABLE])));
}

app
  .whenReady()
  .then(measure)
  .then(
    (rate) => {
      process.stdout.write(`${FRAMES_PREFIX}${rate}\n`);
      app.exit(0);
    },
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      app.exit(1);
    },
  );
