/**
 * What speaks HTTP, in one module that is loaded at the first unlock: the unlock window must not wait for a network stack
 * that it does not use.
 */
export { default as ky, HTTPError } from 'ky';
export { Agent, request } from 'undici';
