import type { Mark } from '../console/order.ts';

/**
 * Milliseconds from the moment that each entry was written to the first frame that had it on the screen; infinite for one that
 * never came.
 */
export function latencies(released: readonly Mark[], frames: readonly Mark[]): number[] {
  const found: number[] = [];
  let frame = 0;
  let size = released[0]?.size ?? 0;
  for (const written of released.slice(1)) {
    while (frame < frames.length && (frames[frame]?.size ?? 0) < written.size) {
      // What this frame showed of the entries before.
      const shown = frames[frame] as Mark;
      for (; size < shown.size; size += 1) found.push(shown.at - written.at);
      frame += 1;
    }
    const shownAt = frames[frame]?.at ?? Number.POSITIVE_INFINITY;
    for (; size < written.size; size += 1) found.push(shownAt - written.at);
  }
  return found;
}

/** Frames a second between the first and the last entry that was written. */
export function frameRate(released: readonly Mark[], frames: readonly Mark[]): number {
  const [from, to] = [released[0]?.at ?? 0, released.at(-1)?.at ?? 0];
  return frames.filter(({ at }) => at >= from && at < to).length / ((to - from) / 1000);
}

/** Of those frames the ones that drew something: a page has a frame also when its list stays as it was. */
export function changeRate(released: readonly Mark[], frames: readonly Mark[]): number {
  return frameRate(
    released,
    frames.filter(({ size }, index) => size !== frames[index - 1]?.size),
  );
}
