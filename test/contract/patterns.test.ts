import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import openapi from '../../openapi.json' with { type: 'json' };
import { text } from '../../src/schemas/common.ts';
import { failoverRequest } from '../../src/schemas/failoverGlobalDatastore.ts';
import { hostileTexts } from '../support/hostileRequests.ts';
import { unportablePart } from '../support/portablePattern.ts';

const schemas = new URL('../../src/schemas/', import.meta.url);
const sources = await Promise.all([
  ...readdirSync(schemas).map((file) => import(new URL(file, schemas).href) as Promise<object>),
  import('../../src/policy/policySchema.ts'),
  openapi,
]);
const patterns = [...new Set(sources.flatMap((source) => patternsIn(source)))];

describe('the patterns of the schemas', () => {
  it('are found', () => {
    expect(patterns.length).toBeGreaterThan(20);
    expect(patterns).toContain(text);
  });

  it.each(patterns)('use only the syntax that all engines accept: %s', (pattern) => {
    expect(unportablePart(pattern)).toBeUndefined();
    expect(() => [new RegExp(pattern), new RegExp(pattern, 'u')]).not.toThrow();
    expect(() => RE2JS.compile(pattern)).not.toThrow();
  });

  it.each(patterns)('match the same texts in RE2 as in ECMAScript: %s', (pattern) => {
    const [expression, re2] = [new RegExp(pattern, 'u'), RE2JS.compile(pattern)];
    const wellFormed = [...samples, ...hostileTexts].filter((sample) => sample.isWellFormed());

    expect(wellFormed.filter((sample) => re2.matcher(sample).find())).toEqual(
      wellFormed.filter((sample) => expression.test(sample)),
    );
  });

  it.skipIf(spawnSync('python3', ['--version']).status !== 0)('compile in Python without a warning', () => {
    const script = 'import json, re, sys\nfor p in json.load(sys.stdin): re.compile(p)';
    const { status, stderr } = spawnSync('python3', ['-W', 'error', '-c', script], { input: JSON.stringify(patterns) });

    expect(String(stderr)).toBe('');
    expect(status).toBe(0);
  });
});

describe('the pattern of texts', () => {
  const matches = (sample: string) => new RegExp(text, 'u').test(sample);

  it('accepts exactly the characters of XML 1.0', () => {
    const codePoints = Array.from({ length: 0x110000 }, (_, code) => code);
    const accepted = codePoints.filter((code) => matches(String.fromCodePoint(code)));

    expect(rangesOf(accepted)).toEqual([
      [0x9, 0xa],
      [0xd, 0xd],
      [0x20, 0xd7ff],
      [0xe000, 0xfffd],
      [0x10000, 0x10ffff],
    ]);
  });
});

describe('the pattern of a reason', () => {
  it('accepts exactly the characters that are not white space', () => {
    const { pattern } = failoverRequest.properties.Reason;
    const codePoints = Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code));

    expect(codePoints.filter((character) => new RegExp(pattern, 'u').test(character))).toEqual(
      codePoints.filter((character) => /\S/u.test(character)),
    );
  });
});

describe('the portable subset', () => {
  it.each([
    String.raw`^\u{10000}$`,
    String.raw`\u0020`,
    String.raw`\p{L}`,
    String.raw`\d+`,
    String.raw`(a)\1`,
    '(?=a)b',
    '(?!a)b',
    '(?<=a)b',
    '(?<name>a)',
    '(?i)a',
    'a++',
    'a*?',
    '(?>a)',
    'a{2000}',
    'a.b',
    '[a&&b]',
    '[[a]',
    '(a',
    'a)',
    '[\u{10000}-\u{10FFFF}]',
  ])('has no %s', (pattern) => {
    expect(unportablePart(pattern)).toBeTypeOf('string');
  });
});

/** Returns every value of the keyword `pattern`, at any depth. The value of a member named `pattern` is an object. */
function patternsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'pattern' && typeof inner === 'string' ? [inner] : patternsIn(inner),
  );
}

function rangesOf(codes: readonly number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const code of codes) {
    const last = ranges.at(-1);
    if (last?.[1] === code - 1) last[1] = code;
    else ranges.push([code, code]);
  }
  return ranges;
}

const samples = [
  'orders',
  'orders-use1',
  'a-b-c',
  'eu-west-1a',
  'us-east-1',
  '0001',
  '05:00-06:00',
  'sun:23:00-mon:01:30',
  'cache.r7g.xlarge',
  '8.0',
  '7.x',
  '*',
  '"a", W/"b"',
  'wait=10',
  'arn:aws:sns:eu-west-1:123456789012:cache',
  '٣٣٣٣',
  'a\u{10FFFF}b',
  '\uFFFE',
  '\uFFFF',
  '\u2028',
  '\u00a0',
];
