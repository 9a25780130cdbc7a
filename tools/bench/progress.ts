/** How far a row is, beside the results: a long one must not look like one that hangs. */
export const say = (what: string): void => void process.stderr.write(`bench: ${what}\n`);
