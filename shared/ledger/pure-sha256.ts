/** SHA-256 for where Node is not: the pages of the console. The service and the tools hand in their own, which is faster. */
export { sha256 } from '@noble/hashes/sha2.js';
