import { describe, expect, it } from 'vitest';
import { extendedSupportOf, nodeTypeSupport } from '../../src/datastores/eligibility.ts';

describe('the support of node types by global datastores', () => {
  it.each([
    ['cache.r7g.large', 'listed'],
    ['cache.m5.24xlarge', 'listed'],
    ['cache.r8g.large', 'newer'],
    ['cache.m8g.16xlarge', 'newer'],
    ['cache.c8gn.xlarge', 'newer'],
    ['cache.r8g.medium', 'unsupported'],
    ['cache.t4g.medium', 'unsupported'],
    ['cache.m4.large', 'unsupported'],
    ['r7g', 'unsupported'],
  ])('of %s is %s', (nodeType, support) => {
    expect(nodeTypeSupport(nodeType)).toBe(support);
  });
});

describe('extended support', () => {
  it.each([
    ['redis', '4.0.10', '2026-02-01'],
    ['redis', '5.0.6', '2026-02-01'],
    ['redis', '6.2.6', '2027-02-01'],
    ['redis', '6.x', '2027-02-01'],
    ['redis', '7.1.0', undefined],
    ['valkey', '7.2.6', undefined],
  ])('of %s %s begins on %s', (engine, version, from) => {
    expect(extendedSupportOf(engine, version)?.from).toBe(from);
  });
});
