/** What is wrong with the docs themselves: a mistake of whoever wrote them, found before anybody reads them. */
export class DocsError extends Error {
  override readonly name = 'DocsError';
  readonly code: 'bad-head' | 'unknown-limit' | 'loose-end' | 'bad-markdown';

  constructor(code: DocsError['code'], message: string) {
    super(message);
    this.code = code;
  }
}
