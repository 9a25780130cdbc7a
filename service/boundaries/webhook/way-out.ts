import type { WebhookSettings } from '../../../shared/service/webhook-settings.ts';
import { allowsAddress } from '../../outbound/addresses.ts';
import { openPost, type Post } from '../../outbound/post.ts';
import type { AddressRules } from './rules.ts';

/** Where the webhook may lead, for whoever sets it and for every call. */
export const openWayOut = (
  settings: WebhookSettings,
  development: boolean,
): { readonly post: Post; readonly address: AddressRules } => ({
  post: openPost(settings),
  address: { allows: allowsAddress(settings.privateNetworks), development },
});
