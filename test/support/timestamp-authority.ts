// SPDX-License-Identifier: Apache-2.0
// A timestamp authority whose clock a test sets, in process or on loopback. It makes what it is told to, also what no
// authority should. OpenSSL checks what it makes in test/unit/crypto/timestamp.

import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { concatBytes, encodePem, utf8 } from '../../src/base/bytes.ts';
import { elementOf, membersOf } from '../../src/crypto/x509/der.ts';
import { caExtensions, encodeCertificate, encodeDer, encodeExtension, encodeOid, TAG } from './certificates.ts';

const SHA256 = encodeDer(TAG.sequence, encodeOid('2.16.840.1.101.3.4.2.1'));
const ECDSA_SHA256 = encodeDer(TAG.sequence, encodeOid('1.2.840.10045.4.3.2'));
const SIGNED_DATA = encodeOid('1.2.840.113549.1.7.2');
const TST_INFO = encodeOid('1.2.840.113549.1.9.16.1.4');
const DAY = 86_400_000;

/** How the certificate of an authority is made. */
export interface AuthorityOptions {
  readonly from?: Date;
  readonly until?: Date;
  /** Extended key usages; timeStamping alone unless given. */
  readonly usages?: readonly string[];
  readonly critical?: boolean;
  /** Certificates and key of somebody else's making, its own first, in place of all this. */
  readonly as?: { readonly certificates: readonly Uint8Array[]; readonly key: KeyObject };
}

/** What a token is to say other than it should. */
export interface TokenOptions {
  readonly time?: Date;
  readonly accuracySeconds?: number;
  readonly serial?: Uint8Array;
  readonly nonce?: Uint8Array;
  /** Certificates to put in; the authority's own unless given. */
  readonly certificates?: readonly Uint8Array[];
}

/** An authority with its own CA. */
export class TimestampAuthority {
  /** DER of the CA's certificate: what a policy lists under `trust.timestamps`. */
  readonly root: Uint8Array;
  readonly certificate: Uint8Array;
  /** The key of the CA. */
  readonly authorityKey: KeyObject;
  /** The time that tokens state. */
  clock: () => Date;
  /** Of the tokens that the server gives. */
  options: TokenOptions = {};
  /** What the server answers in place of a token. */
  answer: (() => Uint8Array) | undefined;
  /** What the server was asked. */
  readonly queries: Uint8Array[] = [];
  readonly #key: KeyObject;
  #server: Server | undefined;

  constructor(clock: () => Date, { from, until, usages, critical = true, as }: AuthorityOptions = {}) {
    this.clock = clock;
    const [ca, own] = [pair(), pair()];
    this.authorityKey = ca.privateKey;
    const now = clock().getTime();
    const validity = { notBefore: from ?? new Date(now - DAY), notAfter: until ?? new Date(now + 365 * DAY) };
    const issuer = { subject: 'Time CA', key: ca.privateKey };
    const wide = { notBefore: new Date(now - 4000 * DAY), notAfter: new Date(now + 8000 * DAY) };
    this.root = encodeCertificate({
      subject: 'Time CA',
      publicKey: ca.publicKey,
      issuer,
      ...wide,
      extensions: caExtensions(),
    });
    const usage = encodeDer(TAG.sequence, ...(usages ?? ['1.3.6.1.5.5.7.3.8']).map(encodeOid));
    const made = encodeCertificate({
      subject: 'Time Authority',
      publicKey: own.publicKey,
      issuer,
      ...validity,
      extensions: [encodeExtension('2.5.29.37', usage, critical)],
    });
    this.certificate = as?.certificates[0] ?? made;
    this.#key = as?.key ?? own.privateKey;
  }

  get rootPem(): string {
    return encodePem('CERTIFICATE', this.root);
  }

  /** A response with a token over these bytes. */
  stamp(signed: Uint8Array, options: TokenOptions = {}): Uint8Array {
    return this.stampDigest(createHash('sha256').update(signed).digest(), options);
  }

  /** The same for their SHA-256. */
  stampDigest(digest: Uint8Array, options: TokenOptions = {}): Uint8Array {
    return this.#respond(encodeDer(TAG.sequence, SHA256, encodeDer(TAG.octetString, digest)), options);
  }

  #respond(imprint: Uint8Array, options: TokenOptions): Uint8Array {
    const { time = this.clock(), accuracySeconds, serial = Uint8Array.of(0x40, ...randomBytes(7)), nonce } = options;
    const info = encodeDer(
      TAG.sequence,
      encodeDer(TAG.integer, Uint8Array.of(1)),
      encodeOid('1.2.3.4.1'),
      imprint,
      encodeDer(TAG.integer, serial),
      generalizedTime(time),
      ...(accuracySeconds === undefined
        ? []
        : [encodeDer(TAG.sequence, encodeDer(TAG.integer, Uint8Array.of(accuracySeconds)))]),
      ...(nonce ? [encodeDer(TAG.integer, nonce)] : []),
    );
    const certificates = options.certificates ?? [this.certificate];
    const signedData = encodeDer(
      TAG.sequence,
      encodeDer(TAG.integer, Uint8Array.of(3)),
      encodeDer(TAG.set, SHA256),
      encodeDer(TAG.sequence, TST_INFO, encodeDer(0xa0, encodeDer(TAG.octetString, info))),
      ...(certificates.length > 0 ? [encodeDer(0xa0, ...certificates)] : []),
      encodeDer(TAG.set, this.#signer(info)),
    );
    const token = encodeDer(TAG.sequence, SIGNED_DATA, encodeDer(0xa0, signedData));
    return encodeDer(TAG.sequence, encodeDer(TAG.sequence, encodeDer(TAG.integer, Uint8Array.of(0))), token);
  }

  #signer(info: Uint8Array): Uint8Array {
    const [tbs] = membersOf(elementOf(this.certificate));
    const [, serial, , issuer] = membersOf(tbs).map(({ whole }) => whole);
    if (!serial || !issuer) throw new Error('no certificate');
    const hash = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
    const id = encodeDer(TAG.sequence, encodeDer(TAG.octetString, hash(this.certificate)));
    const attributes = concatBytes(
      attribute('1.2.840.113549.1.9.3', TST_INFO),
      attribute('1.2.840.113549.1.9.4', encodeDer(TAG.octetString, hash(info))),
      attribute('1.2.840.113549.1.9.16.2.47', encodeDer(TAG.sequence, encodeDer(TAG.sequence, id))),
    );
    const signature = sign('sha256', encodeDer(TAG.set, attributes), this.#key);
    return encodeDer(
      TAG.sequence,
      encodeDer(TAG.integer, Uint8Array.of(1)),
      encodeDer(TAG.sequence, issuer, serial),
      SHA256,
      encodeDer(0xa0, attributes),
      ECDSA_SHA256,
      encodeDer(TAG.octetString, signature),
    );
  }

  /** Answers requests on a free port of this machine; the address. */
  async serve(): Promise<string> {
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        response.setHeader('content-type', 'application/timestamp-reply');
        response.end(this.respond(Buffer.concat(parts)));
      });
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`;
  }

  /** The response to a request. */
  respond(query: Uint8Array): Uint8Array {
    this.queries.push(query);
    if (this.answer) return this.answer();
    const [, imprint, nonce] = membersOf(elementOf(query));
    if (!imprint) throw new Error('no timestamp request');
    return this.#respond(imprint.whole, {
      ...(nonce?.tag === TAG.integer ? { nonce: nonce.content } : {}),
      ...this.options,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const server = this.#server;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

function pair() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function attribute(oid: string, value: Uint8Array): Uint8Array {
  return encodeDer(TAG.sequence, encodeOid(oid), encodeDer(TAG.set, value));
}

function generalizedTime(time: Date): Uint8Array {
  return encodeDer(TAG.generalizedTime, utf8(`${time.toISOString().slice(0, 19).replaceAll(/[-T:]/g, '')}Z`));
}
