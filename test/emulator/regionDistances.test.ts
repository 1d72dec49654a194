import { describe, expect, it } from 'vitest';
import { knownRegions } from '../../console/src/regions.ts';
import { delayBetween } from '../../emulator/protocol/regionDistances.ts';
import { isRegion } from '../../emulator/protocol/regions.ts';

describe('the delay between two regions', () => {
  it('grows with their distance', () => {
    expect(delayBetween('us-east-1', 'eu-west-1')).toBe(36);
    expect(delayBetween('us-east-1', 'ap-southeast-2')).toBe(delayBetween('ap-southeast-2', 'us-east-1'));
    expect(delayBetween('us-east-1', 'ap-southeast-2')).toBeGreaterThan(36);
  });

  it.each(knownRegions)('is defined for %s, which the console has, too', (region) => {
    expect(isRegion(region)).toBe(true);
    expect(delayBetween(region, region)).toBe(0);
  });
});
