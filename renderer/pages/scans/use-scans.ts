import type { DeviceClass, Region, ScansSummary } from '../../../shared/http/scans.ts';
import { useCall } from '../../bridge/use-remote.ts';

const SCANS_MS = 5_000;

export const DAYS = ['1', '7', '30', '90'] as const;
export type Days = (typeof DAYS)[number];

export const useScans = (brand: string, days: Days) =>
  useCall(
    'scans.summary',
    { query: { days: Number(days), ...(brand === '' ? {} : { brand }) } },
    { everyMs: SCANS_MS },
  );

export const REGION_WORD: Record<Region, string> = {
  africa: 'Africa',
  'asia-pacific': 'Asia and Pacific',
  'europe-middle-east': 'Europe and Middle East',
  'latin-america': 'Latin America',
  'north-america': 'North America',
  unknown: 'Unknown',
};

export const DEVICE_WORD: Record<DeviceClass, string> = {
  phone: 'Phone',
  tablet: 'Tablet',
  desktop: 'Desktop',
  other: 'Other',
};

/** Of nothing there is no share. */
export const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

export const percent = (share: number | null): string =>
  share === null ? 'none' : `${(share * 100).toFixed(1)} %`;

/** From minted to activated: what was lost at each step is what the next bar lacks. */
export const funnelOf = ({ minted, scanned, activated, voided }: ScansSummary['funnel']) => [
  { step: 'Minted', tokens: minted, of: null },
  { step: 'Scanned', tokens: scanned, of: shareOf(scanned, minted) },
  { step: 'Activated', tokens: activated, of: shareOf(activated, minted) },
  { step: 'Voided', tokens: voided, of: shareOf(voided, minted) },
];

/** A bucket as its axis calls it, in UTC like every time that the service groups by. */
export const bucketName = (at: string, hours: number): string =>
  hours === 1 ? `${at.slice(11, 16)}` : at.slice(5, 10);
