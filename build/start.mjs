import { command } from './command.mjs';
import { isRoot } from './paths.mjs';
import { say } from './setup/report.mjs';

const hasDisplay =
  process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

// The console never runs as root, and the desktop of another user is not ours to draw on.
if (hasDisplay && isRoot())
  say('running as root: the guided tour runs instead of the console; start it as your own user');

await command(hasDisplay && !isRoot() ? 'open' : 'tour');
