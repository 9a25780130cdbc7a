import type { Session } from 'electron';
import { APP_ORIGIN } from '../../shared/ipc/channels.ts';

/** Nothing answers there: whatever still asks for a connection is told that there is none. */
const NO_PROXY_ANSWERS = 'socks5://127.0.0.1:1';

/** The verifier's "refuse", whatever the chain says; 0 would accept and -3 would ask Chromium. */
const REFUSE_CERTIFICATE = -2;

/** Switches for the whole of Chromium: no name resolves, nothing is fetched ahead or in the background. */
export const CHROMIUM_SWITCHES: readonly (readonly [name: string, value?: string])[] = [
  ['host-resolver-rules', 'MAP * ~NOTFOUND'],
  ['disable-background-networking'],
  ['disable-component-update'],
  ['disable-domain-reliability'],
  ['no-pings'],
  ['dns-prefetch-disable'],
  [
    'disable-features',
    'MediaRouter,OptimizationHints,AutofillServerCommunication,SpareRendererForSitePerProcess',
  ],
];

/** Whether a page may load this URL: the console's own origin and nothing else, not even `blob:` or `data:`. */
export const mayLoad = (url: string): boolean => url.startsWith(`${APP_ORIGIN}/`);

/**
 * The air gap of a session. Layers, each enough by itself: the page's policy (CSP), this filter, a proxy that leads
 * nowhere for what bypasses the filter, and no DNS.
 */
export async function cutNetwork(
  session: Pick<Session, 'webRequest' | 'setProxy' | 'setCertificateVerifyProc' | 'setSpellCheckerEnabled'>,
): Promise<void> {
  session.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !mayLoad(details.url) }));
  session.setCertificateVerifyProc((_request, answer) => answer(REFUSE_CERTIFICATE));
  session.setSpellCheckerEnabled(false);
  await session.setProxy({
    mode: 'fixed_servers',
    proxyRules: NO_PROXY_ANSWERS,
    proxyBypassRules: '<-loopback>',
  });
}
