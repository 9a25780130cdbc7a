import type { ColumnType } from 'kysely';
import type { ActivationMode, Product, TokenState } from '../../../shared/http/minting.ts';
import type { DeviceClass, Region } from '../../../shared/http/scans.ts';

type Never<T> = ColumnType<T, never, never>;

/** A view: what a scan may know of a token. */
export interface ScanTokensView {
  code_hash: Never<Buffer>;
  id: Never<string>;
  brand_id: Never<string>;
  brand: Never<string>;
  serial: Never<string>;
  activation: Never<ActivationMode>;
  state: Never<TokenState>;
  activated_at: Never<Date | null>;
  product: Never<Product>;
  /** Of 14 digits. */
  gtin: Never<string | null>;
}

/** Written by the resolver's function alone. */
export interface ScansTable {
  number: Never<string>;
  entry_id: Never<string>;
  token_id: Never<string>;
  brand_id: Never<string>;
  hour: Never<Date>;
  network: Never<string>;
  region: Never<Region>;
  device: Never<DeviceClass>;
}

export interface ScanPassersTable {
  brand_id: Never<string>;
  hour: Never<Date>;
  kind: Never<'bot' | 'preview'>;
  count: Never<string>;
}

export interface ScanTables {
  scan_tokens: ScanTokensView;
  scans: ScansTable;
  scan_passers: ScanPassersTable;
}
