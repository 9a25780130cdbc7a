import { useEffect, useRef } from 'react';

/** After so long without a move nobody is about to press. */
const REST_MS = 1500;

/**
 * Tells when a person points at something with an intent to press it, and when that is over: since the last move for
 * a moment, and as long as the button is down.
 * @param tell is called on every move; it must be cheap when nothing changes
 */
export function usePointing(tell: (pointing: boolean) => void) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const begin = (): void => {
    clearTimeout(timer.current);
    tell(true);
  };
  const linger = (): void => {
    begin();
    timer.current = setTimeout(() => tell(false), REST_MS);
  };
  const end = (): void => {
    clearTimeout(timer.current);
    tell(false);
  };
  return {
    onPointerMove: ({ buttons }: React.PointerEvent) => (buttons === 0 ? linger() : begin()),
    onPointerDown: begin,
    onPointerUp: linger,
    onPointerLeave: end,
  };
}
