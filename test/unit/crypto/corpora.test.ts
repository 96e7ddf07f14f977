// SPDX-License-Identifier: Apache-2.0
// Other people's corpora through our own verifiers: nothing invalid may be accepted, and what is valid and refused is
// listed here with the reason. They lie beside the project; without them the tests are skipped.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { encodePae, parseBundle } from '../../../src/attest/bundle.ts';
import { parsePem } from '../../../src/base/bytes.ts';
import { CountersignError } from '../../../src/base/errors.ts';
import { readPublicKeys } from '../../../src/crypto/keys.ts';
import { type Hashing, verifyMessage } from '../../../src/crypto/signatures.ts';
import { parseCertificate } from '../../../src/crypto/x509/certificate.ts';
import { parseCrl } from '../../../src/crypto/x509/crl.ts';
import { findPaths } from '../../../src/crypto/x509/path.ts';
import { trustIn } from '../../../src/crypto/trust.ts';
import { createVerifier } from '../../../src/crypto/lazy-verifier.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';

const CORPORA = sharedPath('corpora');
const skipped = !hasShared || !existsSync(CORPORA);

/** What is not ours to type is looked at member by member. */
function load(name: string): Node {
  return new Node(JSON.parse(readFileSync(join(CORPORA, name), 'utf8')));
}

/** A value of a corpus. */
class Node {
  readonly #value: unknown;
  constructor(value: unknown) {
    this.#value = value;
  }
  get(name: string): Node {
    const value = this.#value;
    return new Node(typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined);
  }
  get list(): readonly Node[] {
    return Array.isArray(this.#value) ? this.#value.map((value) => new Node(value)) : [];
  }
  get text(): string {
    return typeof this.#value === 'string' ? this.#value : '';
  }
  get number(): number {
    return typeof this.#value === 'number' ? this.#value : -1;
  }
}

type Reasons = readonly (readonly [ids: RegExp, why: string])[];

/** Every id must be explained by one line of the table, and every line must explain some id. */
function expectExplained(ids: readonly string[], table: Reasons): void {
  expect(ids.filter((id) => !table.some(([pattern]) => pattern.test(id)))).toEqual([]);
  expect(table.filter(([pattern]) => !ids.some((id) => pattern.test(id))).map(([, why]) => why)).toEqual([]);
}

describe.skipIf(skipped)('Wycheproof (skipped without ../shared/corpora)', () => {
  /** A message has one hash for each kind of key, so that nobody can choose a weaker one. */
  const OTHER_HASH: Reasons = [
    [/^rsa_signature_\d+_sha(384|512)/, 'cosign, Apptainer and podman make PKCS#1 signatures with SHA-256'],
    [/^rsa_pss/, 'they make none with PSS, which is for certificates and Notation (below)'],
    [/^ecdsa_secp(256r1|384r1)_sha512/, 'the hash is SHA-256, or that of the curve'],
  ];
  /** In Notation's envelopes the key says everything: raw form, or PSS with the hash of the table. */
  const NOTATION =
    /^(ecdsa_secp(256r1_sha256|384r1_sha384|521r1_sha512)_p1363|rsa_pss_(2048_sha256_mgf1_32|3072_sha384_mgf1_48|4096_sha512_mgf1_64))_/;
  const SHA256 = /^PKCS #1 v1.5 signature with SHA-256|^The message is hashed with SHA-256 instead/;
  const files = skipped ? [] : readdirSync(join(CORPORA, 'wycheproof'));

  function verdicts(file: string, hashing: Hashing) {
    return load(`wycheproof/${file}`)
      .get('testGroups')
      .list.flatMap((group) => {
        const [key] = readPublicKeys(Buffer.from(group.get('publicKeyDer').text, 'hex'));
        if (!key) throw new Error('no key');
        return group.get('tests').list.map((one) => {
          const [message, signature] = ['msg', 'sig'].map((name) => Buffer.from(one.get(name).text, 'hex'));
          if (!message || !signature) throw new Error('no vector');
          const accepted = verifyMessage(key, message, { signature, hashing });
          const [result, comment] = [one.get('result').text, one.get('comment').text];
          return { accepted, result, comment, name: `${one.get('tcId').number} ${result} ${comment}` };
        });
      });
  }

  test.each(files)('%s', (file) => {
    const foreign = OTHER_HASH.some(([pattern]) => pattern.test(file));
    const all = verdicts(file, 'bundle');
    const wrong = all.filter(({ accepted, result, comment }) => {
      // Invalid by the hash of the file, and what every tool makes by ours.
      const ours = foreign && SHA256.test(comment);
      const right = result === 'valid' ? accepted === !foreign : !accepted || ours;
      // What is merely tolerable may be either: a PKCS#1 signature without the NULL of its hash.
      return !right && result !== 'acceptable';
    });
    expect(all.filter(({ result }) => result === 'valid').length).toBeGreaterThan(0);
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  test.each(files)('%s in a Notation envelope', (file) => {
    const expected = NOTATION.test(file);
    const wrong = verdicts(file, 'jws').filter(({ accepted, result, comment }) => {
      // No PKCS#1 signature, as the file wants, and what Notation makes.
      const ours = file.startsWith('rsa_signature') && comment === 'RSASSA-PSS signature';
      return accepted !== (expected && result === 'valid') && !ours;
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  test('each form that Notation knows is in the corpus, but for PSS with SHA-384', () =>
    expect(files.filter((file) => NOTATION.test(file))).toHaveLength(5));

  test('every reason to refuse a valid signature is of use', () =>
    expectExplained(
      files.filter((file) => OTHER_HASH.some(([pattern]) => pattern.test(file))),
      OTHER_HASH,
    ));
});

describe.skipIf(skipped)('x509-limbo (skipped without ../shared/corpora)', () => {
  /** Chains that limbo wants refused and we accept. None is about who may sign. */
  const ACCEPTED: Reasons = [
    [/^pathlen::max-chain-depth-/, 'the depth that the caller asks for is an option of other libraries; ours is 10'],
    [/::(aki|ski)::/, 'key identifiers only help to find an issuer, and we try all of them'],
    [
      /^webpki::cn::|^webpki::san::|^rfc5280::san::(underscore-dns|ip-in-dns)$/,
      'names of servers: nobody connects to a signer',
    ],
    [/^webpki::eku::/, 'profile of the Web PKI: an absent or unrestricted purpose restricts nothing'],
    [/^webpki::forbidden-rsa-/, 'profile of the Web PKI: an RSA key of an odd number of bits'],
    [/^webpki::malformed-aia$/, 'where to fetch an issuer is never looked at'],
    [/^webpki::v1-cert$/, 'a leaf of version 1 cannot restrict itself; issuers must be of version 3'],
    [/^webpki::ee-basicconstraints-ca$/, 'a CA that may sign data signs for itself'],
    [/^rfc5280::leaf-ku-keycertsign$/, 'profile: it is no CA, whatever its key usage'],
    [/^rfc5280::root-non-critical-basic-constraints$/, 'profile: we read the extension, critical or not'],
    [
      /^rfc5280::nc::(permitted-dns-match-noncritical|not-allowed-in-ee-)/,
      'profile: constraints bind, critical or not; in a leaf they bind nobody',
    ],
    [/^rfc5280::nc::invalid-dnsname-leading-period$/, 'a leading dot means the hosts below, as OpenSSL reads it'],
    [/^rfc5280::san::noncritical-with-empty-subject$/, 'profile: we read the extension, critical or not'],
    [/^rfc5280::serial::/, 'profile: serial numbers decide nothing here'],
  ];
  /** Chains that limbo wants accepted and we refuse. */
  const REFUSED: Reasons = [
    [/^online::|^webpki::cryptographydotio-chain$/, 'certificates of real servers, which may not sign code'],
    [
      /^pathlen::validation-ignores-pathlen-in-leaf$|^rfc5280::ca-as-leaf$/,
      'a CA whose key usage has no digitalSignature signs nothing but certificates',
    ],
  ];

  const derOf = ({ text }: Node): Uint8Array => parsePem(`${text}\n`)[0]?.der ?? new Uint8Array();

  function isAccepted(one: Node): boolean {
    try {
      const given = one.get('untrusted_intermediates').list.flatMap((pem) => readable(derOf(pem)));
      const anchors = one.get('trusted_certs').list.map((pem) => parseCertificate(derOf(pem)));
      const now = new Date(one.get('validation_time').text || Date.now());
      const leaf = parseCertificate(derOf(one.get('peer_certificate')));
      const crls = one.get('crls').list.map((pem) => ({ ...parseCrl(derOf(pem)), origin: 'crls' }));
      const revocation = crls.length > 0 ? { crls, mode: 'require' as const } : undefined;
      return findPaths(leaf, { anchors, intermediates: given, now, revocation }).anchors.length > 0;
    } catch (error) {
      if (error instanceof CountersignError) return false;
      throw error;
    }
  }

  function readable(der: Uint8Array) {
    try {
      return [parseCertificate(der)];
    } catch (error) {
      if (error instanceof CountersignError) return [];
      throw error;
    }
  }

  test('where we differ, the reason is in the table', () => {
    const cases = load('x509-limbo.json').get('cases').list;
    const differing = cases.filter((one) => isAccepted(one) !== (one.get('expected_result').text === 'SUCCESS'));
    const ids = (result: string) =>
      differing.filter((one) => one.get('expected_result').text === result).map((one) => one.get('id').text);
    expect(cases.length).toBeGreaterThan(150);
    expectExplained(ids('FAILURE'), ACCEPTED);
    expectExplained(ids('SUCCESS'), REFUSED);
  });
});

describe.skipIf(skipped)('sigstore-conformance (skipped without ../shared/corpora)', () => {
  const FOLDER = 'sigstore-conformance/bundle-verify';
  const names = skipped
    ? []
    : readdirSync(join(CORPORA, FOLDER)).filter((name) =>
        existsSync(join(CORPORA, FOLDER, name, 'bundle.sigstore.json')),
      );

  /** Certificates of the authorities in a trusted root. */
  function authorities(path: string): readonly Uint8Array[] {
    const chains = load(path)
      .get('certificateAuthorities')
      .list.map((authority) => authority.get('certChain'));
    return chains.flatMap((chain) =>
      chain.get('certificates').list.map((one) => new Uint8Array(Buffer.from(one.get('rawBytes').text, 'base64'))),
    );
  }

  async function statusOf(name: string): Promise<string> {
    const own = join(FOLDER, name);
    const root = existsSync(join(CORPORA, own, 'trusted_root.json'))
      ? `${own}/trusted_root.json`
      : 'sigstore-conformance/trusted_root.public.json';
    const key = join(CORPORA, own, 'key.pub');
    try {
      const verifier = await createVerifier(
        trustIn({
          anchors: authorities(root).filter((der) => readable(der)),
          keys: existsSync(key) ? [new Uint8Array(readFileSync(key))] : [],
        }),
      );
      const { envelope, material } = parseBundle(
        new Uint8Array(readFileSync(join(CORPORA, own, 'bundle.sigstore.json'))),
      );
      const pae = encodePae(envelope.payloadType, envelope.payload);
      const { signature, keyid } = envelope;
      return (await verifier.verifyDsse({ pae, signature, material, keyid, hashing: 'bundle' }, new Date())).status;
    } catch (error) {
      if (error instanceof CountersignError) return error.code;
      throw error;
    }
  }

  function readable(der: Uint8Array): boolean {
    try {
      return parseCertificate(der).sha256 !== '';
    } catch (error) {
      if (error instanceof CountersignError) return false;
      throw error;
    }
  }

  /** Bundles that sigstore wants accepted and we refuse, with what comes of them. */
  const REFUSED: Reasons = [
    [
      / SIGNATURE_BUNDLE_INVALID$/,
      'a signature over a file and not over a statement in an envelope, which all of ours are',
    ],
    [
      /(dsse|intoto)\S* untrusted$/,
      'keyless, and given as anchors alone: the certificate expired after minutes (with logs and times: sigstore/conformance.test.ts)',
    ],
  ];

  test('none is accepted, and none ends in a foreign error', async () => {
    const statuses = new Map<string, string>();
    for (const name of names) statuses.set(name, await statusOf(name));
    expect(names.length).toBeGreaterThan(60);
    expect([...statuses].filter(([name, status]) => name.endsWith('_fail') && status === 'valid')).toEqual([]);
    const valid = [...statuses].filter(([name]) => !name.endsWith('_fail'));
    expectExplained(
      valid.map((entry) => entry.join(' ')),
      REFUSED,
    );
  });
});
