/**
 * What is asked of the pages, as text: it runs in a page, where nothing of this program is. Main puts it there, past the policy
 * of the page, which stays in force.
 */

/** Types the passphrase into the unlock window as soon as it is taken. @returns an expression for the moment it was sent */
export const unlocking = (passphrase: string): string => `new Promise((resolve) => {
  const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
  const look = () => {
    const field = document.querySelector('input:not(:disabled)');
    const button = document.querySelector('button[type=submit]');
    if (field && button && field.value === '') {
      setValue.call(field, ${JSON.stringify(passphrase)});
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }
    if (!field || !button || button.disabled) return void requestAnimationFrame(look);
    const sentAt = Date.now();
    button.click();
    resolve(sentAt);
  };
  look();
})`;

/**
 * The overview is live when the service runs, the stream is live and the four boundaries have their figures, and two frames
 * were drawn since. @returns an expression for the moments of each
 */
export const LIVE_OVERVIEW = `new Promise((resolve) => {
  const says = (id, word) => document.querySelector('[data-testid=' + id + ']')?.textContent.includes(word) ?? false;
  const stages = {
    'page drawn': () => document.querySelector('[data-testid=page-overview]') !== null,
    'service running': () => says('status-service', 'running'),
    'stream live': () => says('status-stream', 'live'),
    'boundaries shown': () => document.querySelectorAll('[data-testid^=boundary-]').length === 4,
  };
  const moments = {};
  const look = () => {
    for (const [name, isReached] of Object.entries(stages)) if (!(name in moments) && isReached()) moments[name] = Date.now();
    if (Object.keys(moments).length < 4) return void requestAnimationFrame(look);
    requestAnimationFrame(() => requestAnimationFrame(() => resolve({ ...moments, live: Date.now() })));
  };
  look();
})`;

/** Goes to a screen and waits until it shows what it is for. */
export const going = (page: string): string => `new Promise((resolve) => {
  document.querySelector('[data-testid=nav-${page}]').click();
  const look = () => {
    const shown = document.querySelector('[data-testid=page-${page}] table tbody tr');
    if (!shown || document.querySelector('[data-testid=skeleton]')) return void requestAnimationFrame(look);
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(null)));
  };
  look();
})`;

/** Entries that are let go and have not come to the screen by then count as never seen. */
const CATCH_UP_MS = 20_000;

/**
 * Every frame from now on, with the number after the newest entry in the list as it was drawn before that frame: the frame that
 * reads it is one later than the frame that drew it. Ends when \`until\` was called and the list has come so far.
 */
export const WATCH_FRAMES = `new Promise((resolve) => {
  const frames = [];
  let end = null;
  let leftOut = 0;
  let missing = null;
  const missingNow = () => {
    const gap = document.querySelector('[data-testid=ledger-gap]')?.textContent ?? '';
    return Number((/^[\\d,]+/.exec(gap)?.[0] ?? '0').replaceAll(',', ''));
  };
  globalThis.benchUntil = (size) => { end = { size, at: Date.now() + ${CATCH_UP_MS} }; };
  const look = () => {
    const newest = document.querySelector('[data-testid=ledger-row][data-number]');
    const at = performance.timeOrigin + performance.now();
    frames.push({ at, size: newest ? Number(newest.dataset.number) + 1 : 0 });
    const before = missing ?? missingNow();
    missing = missingNow();
    // What has left the live tail is no longer said to be missing.
    leftOut += Math.max(0, missing - before);
    if (!end || (frames.at(-1).size < end.size && at < end.at)) return void requestAnimationFrame(look);
    resolve({ frames, leftOut });
  };
  requestAnimationFrame(look);
})`;
export const untilSize = (size: number): string => `globalThis.benchUntil(${size})`;

/** A page with nothing but one thing that moves: the frames of so many seconds, from the second after it began. */
export const blankFrames = (seconds: number): string => `new Promise((resolve) => {
  const box = document.querySelector('i');
  const began = performance.now() + 1000;
  let frames = 0;
  const step = (now) => {
    box.style.transform = 'translateX(' + (now / 5 % 800) + 'px)';
    const passed = performance.now() - began;
    if (passed >= ${seconds * 1000}) return void resolve((frames / passed) * 1000);
    if (passed >= 0) frames += 1;
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})`;
