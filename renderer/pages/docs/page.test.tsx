import { cleanup, fireEvent, screen, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeDoor } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { docs } from './library.ts';
import { DocsPage } from './page.tsx';

afterEach(cleanup);

const show = () => renderScreen(<DocsPage />, fakeDoor());
const search = (text: string) =>
  fireEvent.change(screen.getByLabelText('Search the docs'), { target: { value: text } });

describe('the docs screen', () => {
  it('lists every page in its lane, and begins with the first', () => {
    show();
    for (const { id } of docs.pages) expect(screen.getByTestId(`doc-entry-${id}`)).toBeTruthy();
    expect(screen.getByTestId('doc-first-hour')).toBeTruthy();
    expect(screen.getByTestId('doc-entry-first-hour').getAttribute('aria-current')).toBe('page');
  });

  it('reads a page, follows its links, and goes on to the next', () => {
    const { stores } = show();
    fireEvent.click(screen.getByTestId('doc-entry-runbook-key-stolen'));
    const article = screen.getByTestId('doc-runbook-key-stolen');
    expect(article.textContent).toContain('sallyport://docs/runbook-key-stolen');
    fireEvent.click(
      within(article).getAllByRole('button', { name: 'Freeze all spending' })[0] as HTMLElement,
    );
    expect(screen.getByTestId('doc-runbook-freeze')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: /^After/ }));
    expect(stores.ui.getState().doc).toBe('runbook-spend');
    const spending = within(screen.getByTestId('doc-runbook-spend'));
    fireEvent.click(spending.getAllByRole('button', { name: 'Autonomy' })[0] as HTMLElement);
    expect(stores.ui.getState().page).toBe('autonomy');
  });

  it('finds pages by word, and says when there is none', () => {
    const { stores } = show();
    search('stolen key');
    expect(screen.getByTestId('doc-hit-runbook-key-stolen')).toBeTruthy();
    search('zebra crossing');
    expect(screen.getByTestId('docs-nothing').textContent).toContain('zebra crossing');
    search('fork');
    fireEvent.click(screen.getByTestId('doc-hit-runbook-fork'));
    expect(stores.ui.getState()).toMatchObject({ page: 'docs', doc: 'runbook-fork' });
    expect((screen.getByLabelText('Search the docs') as HTMLInputElement).value).toBe('');
  });

  it('leaves the pages of one reader', () => {
    show();
    fireEvent.change(screen.getByLabelText('Written for'), { target: { value: 'custodian' } });
    expect(screen.getByTestId('doc-entry-runbook-rotation')).toBeTruthy();
    expect(screen.queryByTestId('doc-entry-runbook-fork')).toBeNull();
  });

  it('shows the first page for an address that leads nowhere', () => {
    const { stores } = show();
    fireEvent.click(screen.getByTestId('doc-entry-roles'));
    stores.ui.readDoc('__proto__');
    expect(docs.get('__proto__')).toBeUndefined();
  });
});
