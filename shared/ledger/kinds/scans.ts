import { z } from 'zod';
import { idOf } from '../../ids/ids.ts';
import { count, defineEvents } from '../event-definition.ts';

/** What the scan plane tells. Its entries are sealed under a key of its own, which is good for these kinds alone. */
export const scanEvents = defineEvents({
  'scans.recorded': {
    category: 'scan',
    says: 'Scans recorded',
    // Of a moment, however many: strangers decide how often codes are scanned, and must not fill the log with it.
    data: z.strictObject({ scans: count, bots: count, previews: count }),
    redactable: [],
    asset: 'evidence',
    boundary: 'api-database',
  },
  'scan.activated': {
    category: 'scan',
    says: 'Token activated by its first scan',
    data: z.strictObject({ token: idOf('mintToken'), brand: idOf('brand') }),
    redactable: [],
    asset: 'ownership',
    boundary: 'api-database',
  },
});

export type ScanEventKind = keyof typeof scanEvents;
export const isScanEvent = (kind: string): kind is ScanEventKind => Object.hasOwn(scanEvents, kind);
