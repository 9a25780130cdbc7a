import { cleanup, fireEvent, screen, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeDoor, never, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { ConfigurationSources } from './provenance.tsx';

afterEach(cleanup);

const VALUES = [
  { name: 'ADMIN_API_KEY', source: 'aws', detail: 'prod/sallyport' },
  { name: 'SALLYPORT_ROOT_KEY', source: 'generated', detail: null },
  { name: 'TRUSTED_PROXIES', source: 'default', detail: null },
];

const show = (answer: () => unknown) => {
  const door = fakeDoor({ routes: { 'settings.provenance': answer } });
  renderScreen(<ConfigurationSources />, door);
  return door;
};

describe('where the configuration came from', () => {
  it('is told name by name, with the file or secret', async () => {
    show(() => ({ provider: 'aws', values: VALUES }));
    const rows = await screen.findAllByTestId('provenance-row');
    expect(rows.map((row) => row.textContent)).toEqual([
      'ADMIN_API_KEYAWS Secrets Managerprod/sallyport',
      'SALLYPORT_ROOT_KEYmade by the service',
      'TRUSTED_PROXIESnot set: default',
    ]);
    expect(screen.getByTestId('provenance').textContent).toContain('Secrets from AWS Secrets Manager');
  });

  it('shows a weak source as one', async () => {
    show(() => ({ provider: 'env', values: VALUES.slice(1) }));
    const [generated, unset] = await screen.findAllByTestId('provenance-row');
    expect(generated?.querySelector('[data-shape=warn]')).toBeTruthy();
    expect(unset?.querySelector('[data-shape=warn]')).toBeNull();
  });

  it('is the vault when the service is bundled, and says so', async () => {
    show(() => ({ provider: 'none', values: [] }));
    expect((await screen.findByTestId('empty')).textContent).toContain('come from the vault');
  });

  it('waits, is offline and fails in words', async () => {
    show(never);
    expect(screen.getByTestId('skeleton')).toBeTruthy();
    cleanup();
    show(() => refusal('service-down', 'Down.'));
    expect(await screen.findByTestId('offline')).toBeTruthy();
    cleanup();
    const broken = show(() => refusal('internal', 'It failed.'));
    const error = await screen.findByTestId('error');
    expect(error.textContent).toContain('It failed.');
    broken.routes['settings.provenance'] = () => ({ provider: 'env', values: VALUES });
    fireEvent.click(within(error).getByRole('button', { name: 'Retry' }));
    expect(await screen.findAllByTestId('provenance-row')).toHaveLength(3);
  });
});
