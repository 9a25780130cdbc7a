import type { z } from 'zod';
import { checkDigitOf } from '../../../shared/http/gtin.ts';
import { ROUTES } from '../../../shared/http/table.ts';

/** A batch as it is typed. What is empty is left out of the order. */
export interface TypedOrder {
  readonly batchName: string;
  readonly quantity: string;
  readonly serialPattern: string;
  readonly firstNumber: string;
  readonly productName: string;
  readonly gtin: string;
  readonly description: string;
  readonly url: string;
}
export type OrderField = keyof TypedOrder;

export const EMPTY_ORDER: TypedOrder = {
  ...{ batchName: '', quantity: '', serialPattern: '', firstNumber: '' },
  ...{ productName: '', gtin: '', description: '', url: '' },
};

/** A number only of digits: text that is none stays text, and an empty field is no zero. */
const numberOf = (text: string): number | string => (/^\d{1,15}$/.test(text) ? Number(text) : text);
/** A serial of a product with a GTIN, which goes into a GS1 Digital Link (AI 21: 20 characters, `-R9` included). */
const GS1_SERIAL = 17;

/** What is signed and sent. */
export function orderBodyOf(brandId: string, activation: string, typed: TypedOrder) {
  const [gtin, description, url] = [typed.gtin.trim(), typed.description.trim(), typed.url.trim()];
  const first = typed.firstNumber.trim();
  return {
    ...{ brandId, batchName: typed.batchName.trim(), quantity: numberOf(typed.quantity.trim()) },
    ...{ serialPattern: typed.serialPattern.trim(), activation },
    ...(first === '' ? {} : { firstNumber: numberOf(first) }),
    product: {
      name: typed.productName.trim(),
      ...(gtin === '' ? {} : { gtin }),
      ...(description === '' ? {} : { description }),
      ...(url === '' ? {} : { url }),
    },
  };
}
type OrderBody = ReturnType<typeof orderBodyOf>;

const WRONG: Readonly<Record<OrderField, string>> = {
  batchName: 'Name the batch.',
  quantity: 'From 1 to 1,000,000.',
  serialPattern: 'Literal characters around one number, like ACME-{n:6}.',
  firstNumber: 'A whole number, or nothing.',
  productName: 'Name the product.',
  gtin: 'A GTIN has 8, 12, 13 or 14 digits.',
  description: 'At most 500 characters.',
  url: 'An https address of at most 300 characters.',
};

function fieldOf([first, second = 'name']: readonly PropertyKey[]): OrderField {
  const last = first === 'product' ? second : first;
  return last === 'name' ? 'productName' : (last as OrderField);
}

/** Which digit belongs at its end, when a GTIN is whole but for that. */
function wrongGtin(gtin: string): string {
  if (!/^(?:\d{8}|\d{12,14})$/.test(gtin)) return WRONG.gtin;
  const digit = checkDigitOf(gtin.slice(0, -1));
  return `Its check digit would be ${digit}, not ${gtin.slice(-1)}. Compare it with the label.`;
}

const widthOf = (pattern: string): number =>
  pattern.replace(/\{n:(\d{1,2})\}/, (_, digits: string) => '0'.repeat(Number(digits))).length;

/** What the service would refuse about the typed order, field by field; it decides again what is sent. */
export function orderProblems(body: OrderBody): Partial<Record<OrderField, string>> {
  const { error } = ROUTES['mint.submit'].body.safeParse(body) as z.ZodSafeParseResult<unknown>;
  const problems: Partial<Record<OrderField, string>> = {};
  for (const { path } of error?.issues ?? []) {
    const field = fieldOf(path);
    problems[field] = field === 'gtin' ? wrongGtin(body.product.gtin ?? '') : WRONG[field];
  }
  if (!problems.serialPattern && !/^[^{}]*\{n:\d{1,2}\}[^{}]*$/.test(body.serialPattern))
    problems.serialPattern = WRONG.serialPattern;
  if (!problems.serialPattern && body.product.gtin !== undefined && widthOf(body.serialPattern) > GS1_SERIAL)
    problems.serialPattern = `Serials of a product with a GTIN have at most ${GS1_SERIAL} characters.`;
  return problems;
}
