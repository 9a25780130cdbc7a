/** What the probe prints when a window is interactive: this, then milliseconds since the epoch. */
export const INTERACTIVE_PREFIX = 'sallyport-bench interactive ';

/** Path of the program that the probe starts. */
export const TARGET_VARIABLE = 'SALLYPORT_BENCH_TARGET';
