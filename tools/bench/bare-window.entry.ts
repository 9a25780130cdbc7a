import { app, BrowserWindow } from 'electron';

/** The reference of row P1: the least that opens a window with a field in it. */
const PAGE = 'data:text/html,<title>bare</title><input autofocus>';

app.whenReady().then(
  () => new BrowserWindow().loadURL(PAGE),
  () => app.exit(1),
);
