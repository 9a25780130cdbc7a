import { type RefObject, useEffect, useState } from 'react';

/** Longest step that one frame may add: a window that was frozen or covered was not being read. */
const LONGEST_FRAME_MS = 100;

/** True once the window has been drawn and visible for this long without a break. */
export function useVisibleFor(milliseconds: number, subject: unknown): boolean {
  const [seenFor, setSeenFor] = useState<unknown>(undefined);
  useEffect(() => {
    let seen = 0;
    let last: number | null = null;
    let frame = requestAnimationFrame(function step(now) {
      const isVisible = document.visibilityState === 'visible';
      seen = isVisible && last !== null ? seen + Math.min(now - last, LONGEST_FRAME_MS) : 0;
      last = now;
      if (seen >= milliseconds) setSeenFor(subject);
      else frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
  }, [milliseconds, subject]);
  return subject !== undefined && seenFor === subject;
}

/** Whole seconds left of a wait that began when `since` changed; 0 when there is none. */
export function useCountdown(seconds: number | null, since: unknown): number {
  const [left, setLeft] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same number of seconds said again is a new wait.
  useEffect(() => {
    if (seconds === null) {
      setLeft(0);
      return undefined;
    }
    const end = performance.now() + seconds * 1000;
    const tick = () => setLeft(Math.max(0, Math.ceil((end - performance.now()) / 1000)));
    tick();
    const timer = setInterval(tick, 250);
    return () => clearInterval(timer);
  }, [seconds, since]);
  return left;
}

/** True once everything in a scrolling box has been in view: at once when it fits, else after scrolling to its end. */
export function useReadToEnd(box: RefObject<HTMLElement | null>, subject: unknown): boolean {
  const [read, setRead] = useState<unknown>(undefined);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const look = () => {
      // A pixel of rounding at fractional zoom is not an unread line.
      if (element.scrollTop + element.clientHeight >= element.scrollHeight - 2) setRead(subject);
    };
    look();
    element.addEventListener('scroll', look, { passive: true });
    window.addEventListener('resize', look);
    return () => {
      element.removeEventListener('scroll', look);
      window.removeEventListener('resize', look);
    };
  }, [box, subject]);
  return subject !== undefined && read === subject;
}
