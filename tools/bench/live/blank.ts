/** How long the blank page is watched. */
export const SECONDS_VARIABLE = 'SALLYPORT_BENCH_SECONDS';

/** What it prints: this, then frames a second. */
export const FRAMES_PREFIX = 'sallyport-bench frames ';
