/** What a production build has in the place of `open.ts`: the bundler puts it there, so nothing of the other is in the bundle. */
type Developer = typeof import('./open.ts');

export const watched: Developer['watched'] = (gate) => gate;

export const openDeveloperWindow: Developer['openDeveloperWindow'] = () => undefined;
