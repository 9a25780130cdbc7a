import { readGraph } from '../../../shared/docs/graph.ts';

const FILES = import.meta.glob<string>('../../../resources/docs/*.md', {
  query: '?raw',
  import: 'default',
  eager: true,
});

const idOf = (path: string): string => path.replace(/^.*\/|\.md$/g, '');

/** The operator docs, built into the application: they are there without a service and without a network. */
export const docs = readGraph(
  Object.fromEntries(Object.entries(FILES).map(([path, text]) => [idOf(path), text])),
);
