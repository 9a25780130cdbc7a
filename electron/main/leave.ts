import { app, dialog } from 'electron';

/** Says why on the terminal and, once there is a screen, in a box; then leaves. Nothing has been opened by then. */
export function leaveWith(sentence: string, code: number): void {
  process.stderr.write(`${sentence}\n`);
  app
    .whenReady()
    .then(() => dialog.showMessageBox({ type: 'error', title: 'Sallyport', message: sentence }))
    .finally(() => app.exit(code));
}

/**
 * Says why on the terminal and is gone before Chromium is ready. A box would wait for that, and by then the debugging port that was
 * asked for would be open, with whatever a window of ours shows behind it.
 */
export function leaveAtOnce(sentence: string, code: number): void {
  process.stderr.write(`${sentence}\n`);
  app.exit(code);
}

/** Says something that a person must read without leaving. */
export function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
  dialog.showMessageBox({ type: 'warning', title: 'Sallyport', message: sentence }).catch(() => undefined);
}

/** An error nobody foresaw: its class and place go to the terminal, and the console does not limp on. */
export function leaveOnDefects(note: (where: string) => void, whereOf: (error: unknown) => string): void {
  const leave = (error: unknown): void => {
    note(whereOf(error));
    process.stderr.write(`Sallyport failed and was closed: ${whereOf(error)}\n`);
    app.exit(1);
  };
  process.on('uncaughtException', leave);
  process.on('unhandledRejection', leave);
}
