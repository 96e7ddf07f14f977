// SPDX-License-Identifier: Apache-2.0
import { unionScopes } from '../../../../src/oci/auth/auth.ts';
import { parseChallenges } from '../../../../src/oci/auth/token.ts';
import { describe, expect, test } from 'vitest';

const plain = (headers: readonly string[]) =>
  parseChallenges(headers).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

describe('WWW-Authenticate', () => {
  test('as distribution sends it', () => {
    expect(
      plain([
        'Bearer realm="http://AUTH/token",service="svc",scope="repository:priv/x:push,pull repository:other/y:pull"',
      ]),
    ).toEqual([
      [
        'bearer',
        { realm: 'http://AUTH/token', service: 'svc', scope: 'repository:priv/x:push,pull repository:other/y:pull' },
      ],
    ]);
  });

  test('several challenges in one header and in several', () => {
    const wanted = [
      ['negotiate', {}],
      ['basic', { realm: 'a, "b"' }],
      ['bearer', { realm: 'x' }],
    ];
    expect(plain(['Negotiate, Basic realm="a, \\"b\\"", BEARER REALM=x'])).toEqual(wanted);
    expect(plain(['Negotiate', 'Basic realm="a, \\"b\\""', 'bearer realm = "x"'])).toEqual(wanted);
  });

  test.each(['', ',,,', '"', '=', 'Bearer realm="unterminated', '\u0000'])('%j is no endless loop', (header) => {
    expect(plain([header]).every(([scheme]) => typeof scheme === 'string')).toBe(true);
  });

  test('the first value of a repeated parameter counts', () => {
    expect(plain(['Bearer realm="a",realm="b"'])).toEqual([['bearer', { realm: 'a' }]]);
  });
});

test('scopes of one resource are joined', () => {
  expect(unionScopes(['repository:a:push,pull', 'repository:b:pull', 'repository:a:pull'])).toEqual([
    'repository:a:pull,push',
    'repository:b:pull',
  ]);
});
