import type { ProviderName } from '../../../shared/service/tokenhall-settings.ts';
import { HttpError } from '../../gate/http-error.ts';

/** The family of an API: its paths, bodies, events and usage fields. */
export type Style = 'openai' | 'anthropic';

export interface Target {
  readonly provider: ProviderName;
  /** What the provider speaks; a request of the other family is refused, because nothing is translated. */
  readonly style: Style;
}

const BY_PREFIX: readonly (readonly [RegExp, Target])[] = [
  [/^(?:gpt|o1|o3|o4)-./, { provider: 'openai', style: 'openai' }],
  [/^claude-./, { provider: 'anthropic', style: 'anthropic' }],
];

const VENDOR_MODEL = /^[^/]+\/[^/]+$/;

/** Which provider serves a model (SPEC 3). The vendor's `/` decides first. @returns null for a model that nobody serves */
export function targetOf(model: string): Target | null {
  if (VENDOR_MODEL.test(model)) return { provider: 'openrouter', style: 'openai' };
  return BY_PREFIX.find(([pattern]) => pattern.test(model))?.[1] ?? null;
}

/**
 * Where a request of one family goes.
 * @throws HttpError `model_unknown` for a model that nobody serves, or that speaks the other family only
 */
export function route(model: string, style: Style): Target {
  const target = targetOf(model);
  if (!target)
    throw new HttpError(
      'model_unknown',
      'name a model as vendor/model, or one that begins with gpt-, o1-, o3-, o4- or claude-',
    );
  if (target.style === style) return target;
  throw new HttpError(
    'model_unknown',
    style === 'openai'
      ? 'this model is served at /messages; at /chat/completions name it as vendor/model'
      : 'this model is served at /chat/completions',
  );
}
