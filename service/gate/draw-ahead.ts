/** Enough for four hundred identifiers. */
const BLOCK_BYTES = 4_096;

/**
 * The same random bytes, drawn in blocks: a call for ten of them costs as much as one for thousands. For identifiers, which are no
 * secret; a key is never drawn ahead, because it would lie in memory before it is wanted.
 * @param random bytes from a CSPRNG
 */
export function drawAhead(random: (bytes: number) => Uint8Array): (bytes: number) => Uint8Array {
  let block = new Uint8Array(0);
  let next = 0;
  return (bytes) => {
    if (bytes > BLOCK_BYTES) throw new RangeError(`at most ${BLOCK_BYTES} bytes are drawn ahead`);
    if (next + bytes > block.length) {
      block = Uint8Array.from(random(BLOCK_BYTES));
      next = 0;
    }
    next += bytes;
    return block.subarray(next - bytes, next);
  };
}
