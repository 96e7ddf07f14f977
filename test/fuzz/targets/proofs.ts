// SPDX-License-Identifier: Apache-2.0
// What proves or takes back: revocation lists, timestamps, trusted roots, signing configurations, tokens of jobs, signatures
// of Notation and beside a registry. A damaged one proves nothing new, and gives nothing back that was taken.

import { generateKeyPairSync, sign } from 'node:crypto';
import { equalBytes, utf8 } from '../../../src/base/bytes.ts';
import { Secret } from '../../../src/base/secret.ts';
import { parseNotation } from '../../../src/attest/notation.ts';
import { verifySigned } from '../../../src/crypto/pgp/message.ts';
import { readInstance } from '../../../src/crypto/sigstore/library.ts';
import { readSigningConfig } from '../../../src/crypto/sigstore/sign/instance.ts';
import { readChallenge, readToken } from '../../../src/crypto/sigstore/sign/token.ts';
import { checkTimestamp, uniqueCertificates } from '../../../src/crypto/timestamp/verify.ts';
import { trustIn } from '../../../src/crypto/trust.ts';
import { createVerifier } from '../../../src/crypto/lazy-verifier.ts';
import { readX509 } from '../../../src/crypto/x509/fields.ts';
import { caExtensions, encodeCertificate, leafExtensions } from '../../support/certificates.ts';
import { encodeCrl } from '../../support/crls.ts';
import { NOW } from '../../support/layers.ts';
import { TimestampAuthority } from '../../support/timestamp-authority.ts';
import { Breach, type Target } from '../engine.ts';
import { filesBelow, namedFiles } from '../seeds.ts';
import { answerOf } from './gates.ts';

const DAY = 86_400_000;
const MESSAGE = utf8('what was signed');
const EARLIER = new Date(NOW.getTime() - 100 * DAY);

/** A list that revokes the one leaf of a CA. */
export const crlTarget: Target = {
  name: 'crl',
  async prepare() {
    const [ca, own] = [1, 2].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }));
    if (!ca || !own) throw new Error('no keys');
    const issuer = { subject: 'Root', key: ca.privateKey };
    const times = { notBefore: new Date(NOW.getTime() - DAY), notAfter: new Date(NOW.getTime() + DAY) };
    const root = encodeCertificate({
      subject: 'Root',
      publicKey: ca.publicKey,
      issuer,
      ...times,
      extensions: caExtensions(),
    });
    const leaf = encodeCertificate({
      subject: 'Leaf',
      publicKey: own.publicKey,
      issuer,
      ...times,
      extensions: leafExtensions('leaf@example.org'),
    });
    const signature = new Uint8Array(sign('sha256', MESSAGE, own.privateKey));
    const crl = encodeCrl({
      issuer,
      thisUpdate: new Date(NOW.getTime() - DAY / 2),
      nextUpdate: new Date(NOW.getTime() + DAY / 2),
      number: 7,
      entries: [
        { serial: 'aa', at: EARLIER },
        { serial: readX509(leaf).serial, at: EARLIER, reason: 1 },
      ],
    });
    return {
      seeds: [crl],
      async check(bytes) {
        const verifier = await createVerifier(trustIn({ anchors: [root], crls: [bytes] }));
        const material = { kind: 'certificates', chain: [leaf] } as const;
        const input = { pae: MESSAGE, signature, material, keyid: undefined, hashing: 'bundle' } as const;
        const { status, reasons } = await verifier.verifyDsse(input, NOW);
        if (status === 'valid') throw new Breach('a revoked certificate counts');
        return reasons[0]?.code ?? status;
      },
    };
  },
};

/** A timestamp over a signature. */
export const timestampTarget: Target = {
  name: 'timestamp',
  async prepare() {
    const authority = new TimestampAuthority(() => EARLIER);
    const trust = { anchors: uniqueCertificates([authority.root]), intermediates: [] };
    return {
      seeds: [
        authority.stamp(MESSAGE),
        authority.stamp(MESSAGE, { certificates: [authority.certificate, authority.root] }),
      ],
      check(bytes) {
        const check = checkTimestamp(bytes, { signed: MESSAGE, trust, now: NOW });
        if (!('proven' in check)) return check.code;
        if (check.proven.time.getTime() !== EARLIER.getTime()) throw new Breach('it proves another time');
        return 'proven';
      },
    };
  },
};

const base64Url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const TOKEN = [
  base64Url({ alg: 'RS256' }),
  base64Url({ iss: 'https://issuer.example.org', sub: 'repo:a/b', aud: 'sigstore', exp: NOW.getTime() / 1000 + 60 }),
  'AAAA',
].join('.');

/** What tells which Sigstore instance is trusted and asked, and as whom. */
export const instanceTarget: Target = {
  name: 'sigstore-instance',
  async prepare() {
    const roots = [...(await filesBelow('oci/sigstore', 'root.json')), ...(await filesBelow('sigstore', 'root.json'))];
    const configs = await namedFiles('oci/sigstore', '.json');
    const signing = [...configs].filter(([name]) => name.startsWith('signing-config')).map(([, bytes]) => bytes);
    return {
      seeds: [...roots, ...signing, utf8(TOKEN)],
      words: [
        ...'tlogs ctlogs certificateAuthorities timestampAuthorities validFor start end rawBytes logId keyId url'.split(
          ' ',
        ),
        ...'majorApiVersion operator caUrls rekorTlogUrls tsaUrls selector ANY ALL EXACT count iss sub aud exp'.split(
          ' ',
        ),
        '2026-01-01T00:00:00Z',
        'https://x.example.org',
      ],
      check(bytes) {
        const text = Buffer.from(bytes).toString('utf8');
        return [
          answerOf(() => readInstance({ root: bytes, log: 1, timestamps: 1, sct: 1 })),
          answerOf(() => readSigningConfig(bytes, NOW)),
          answerOf(() => readToken(new Secret(text), NOW)),
          answerOf(() => readChallenge(new Secret(text))),
        ].join(' ');
      },
    };
  },
};

/** Signatures that Notation makes. */
export const notationTarget: Target = {
  name: 'notation',
  async prepare() {
    const all = await filesBelow('oci/store', '');
    const seeds = all.filter((bytes) => Buffer.from(bytes).includes('"x5c"'));
    const signed = seeds.map((bytes) => Buffer.from(parseNotation(bytes).signedBytes).toString('latin1'));
    const anchors = seeds.flatMap((bytes) => parseNotation(bytes).chain.slice(-1));
    const verifier = await createVerifier(trustIn({ anchors }));
    return {
      seeds,
      words: [
        'alg',
        'crit',
        'cty',
        'ES256',
        'PS256',
        'x5c',
        'payload',
        'protected',
        'header',
        'signature',
        'io.cncf.notary',
      ],
      async check(bytes) {
        const { chain, signature, signedBytes, signingTime } = parseNotation(bytes);
        const material = { kind: 'certificates', chain } as const;
        const input = { pae: signedBytes, signature, material, keyid: undefined, hashing: 'jws' } as const;
        const { status } = await verifier.verifyDsse(input, signingTime);
        if (status === 'valid' && !signed.includes(Buffer.from(signedBytes).toString('latin1')))
          throw new Breach('valid over what nobody signed');
        return status;
      },
    };
  },
};

/** GPG messages in a lookaside. */
export const signedMessageTarget: Target = {
  name: 'signed-message',
  async prepare() {
    const files = await namedFiles('oci/gpg', '.gpg', '.json');
    const seeds = [...files].filter(([name]) => name.startsWith('sig')).map(([, bytes]) => bytes);
    const keyrings = [files.get('author.gpg') ?? new Uint8Array()];
    const contents: Uint8Array[] = [];
    for (const bytes of seeds) {
      const read = await verifySigned(bytes, { keyrings }, NOW);
      if (read) contents.push(read.content);
    }
    return {
      seeds,
      async check(bytes) {
        const read = await verifySigned(bytes, { keyrings }, NOW);
        if (read?.check.status === 'valid' && !contents.some((known) => equalBytes(known, read.content)))
          throw new Breach('valid over what nobody signed');
        return read?.check.status ?? 'none';
      },
    };
  },
};
