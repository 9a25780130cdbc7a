import { isMet, type Result } from './result.ts';

/** Pixels. */
const LINE = 28;
const LABEL = 90;
const WIDTH = 760;
const BAR = 12;
const FOOT = 34;
/** Twice the budget fills the chart; what is beyond is drawn to its edge and says its number. */
const MOST = 2;

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** A ratio as a share of its budget, above one when it is missed: a rate is missed by too little. */
const shareOf = (ratio: number, budget: number, rate: boolean): number =>
  rate ? budget / ratio : ratio / budget;

const xOf = (share: number): number => LABEL + (Math.min(share, MOST) / MOST) * (WIDTH - LABEL - 130);

function rowOf(result: Result, at: number): string {
  const { id, ratio, budget, spread, rate = false } = result;
  if (budget === null) return '';
  const y = at * LINE + 14;
  const share = shareOf(ratio, budget, rate);
  const ends = (spread ?? [ratio, ratio]).map((one) => xOf(shareOf(one, budget, rate))).sort((a, b) => a - b);
  const [from = 0, to = 0] = ends;
  const middle = y + BAR / 2;
  const said = `${ratio.toFixed(2)}x of ${rate ? '≥' : '≤'} ${budget}x, ${isMet(result) ? 'met' : 'NOT MET'}`;
  return [
    `<text x="${LABEL - 8}" y="${y + BAR - 1}" text-anchor="end">${escaped(id)}</text>`,
    `<rect x="${LABEL}" y="${y}" width="${(xOf(share) - LABEL).toFixed(1)}" height="${BAR}" fill="${isMet(result) ? '#3a7d5d' : '#b3452f'}"/>`,
    `<path d="M${from.toFixed(1)} ${middle}H${to.toFixed(1)}" stroke="#222" stroke-width="2"/>`,
    `<text x="${WIDTH - 126}" y="${y + BAR - 1}">${said}</text>`,
  ].join('');
}

/** Every row with a budget as a bar of its share of the budget, the spread of its pairs over it, and the limit as a line. */
export function chart(results: readonly Result[]): string {
  const limited = results.filter(({ budget }) => budget !== null);
  const height = limited.length * LINE + 14 + FOOT;
  const limit = xOf(1);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH + 60}" height="${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    ...limited.map(rowOf),
    `<path d="M${limit} 6V${height - FOOT + 6}" stroke="#222" stroke-dasharray="4 3"/>`,
    `<text x="${limit}" y="${height - 10}" text-anchor="middle">the budget; less is better</text>`,
    '</svg>\n',
  ].join('\n');
}
