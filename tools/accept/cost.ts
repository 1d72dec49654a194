import { nodeTypes } from './stages.ts';

/** The time after which a walk ends in any case. A complete walk takes about three hours on AWS. */
export const limitHours = 6;

/**
 * The price of a node hour in US dollars: on demand for Redis OSS in us-east-1, from public pages. AWS's own page is
 * https://aws.amazon.com/elasticache/pricing/. Valkey costs a fifth less, and other regions up to twice as much.
 */
const prices = { small: 0.016, global: 0.149 } as const;

/** The nodes of a walk: one small node, and a primary and a replica in each region. */
const nodes = { small: 1, global: 4 } as const;

/** Formats the cost of a walk. */
export function describeCost(): string {
  const hourly = nodes.small * prices.small + nodes.global * prices.global;
  const dollars = (hours: number) => `$${(hourly * hours).toFixed(2)}`;
  return [
    `The walk makes ${nodes.global} nodes ${nodeTypes.global} and ${nodes.small} node ${nodeTypes.small}: about ${dollars(1)} an hour at prices of us-east-1.`,
    `It takes about three hours (${dollars(3)}), and ends after ${limitHours} (${dollars(limitHours)}); taking apart can take another hour.`,
    'Compare the prices with https://aws.amazon.com/elasticache/pricing/.',
  ].join('\n');
}
