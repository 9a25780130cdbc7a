import { expect as unhurried } from 'playwright/test';

/** Two cores draw, serve and simulate at once: what comes within this time has come. */
export const expect = unhurried.configure({ timeout: 20_000 });
