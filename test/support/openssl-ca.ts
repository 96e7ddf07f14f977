// SPDX-License-Identifier: Apache-2.0
// A real CA by OpenSSL's own commands: certificates and revocation lists with any dates, and its opinion of a chain.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runPeer } from './peers.ts';

/** Between when, and with which lines in the section of extensions. */
export interface OpensslWish {
  readonly from?: Date;
  readonly until?: Date;
  readonly extensions?: string;
}

/** One revocation, as OpenSSL's database has it. */
export interface OpensslRevocation {
  readonly of: OpensslParty;
  readonly at: Date;
  /** As in `crl_reason`. */
  readonly reason?: string;
  /** Since when the key is compromised, which is a reason of its own. */
  readonly compromisedAt?: Date;
}

export const OPENSSL_CA = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign';
export const OPENSSL_LEAF =
  'keyUsage=critical,digitalSignature\nextendedKeyUsage=codeSigning\nsubjectAltName=email:release@example.org';

const stamp = (time: Date) => `${time.toISOString().slice(0, 19).replaceAll(/[-T:]/g, '')}Z`;

async function openssl(args: readonly string[], cwd: string): Promise<string> {
  const { exitCode, stdout, stderr } = await runPeer('openssl', args, { cwd });
  if (exitCode !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** A certificate with its key, which may issue others. */
export class OpensslParty {
  readonly name: string;
  readonly folder: string;
  readonly issuer: OpensslParty | undefined;

  private constructor(name: string, folder: string, issuer: OpensslParty | undefined) {
    this.name = name;
    this.folder = folder;
    this.issuer = issuer;
  }

  /** A new one below `folder`; without issuer it signs itself. */
  static async create(
    name: string,
    folder: string,
    wish: OpensslWish = {},
    issuer?: OpensslParty,
  ): Promise<OpensslParty> {
    const party = new OpensslParty(name, join(folder, `${name}-${Math.random().toString(16).slice(2)}`), issuer);
    await mkdir(party.folder);
    const { from = new Date('2026-01-01T00:00:00Z'), until = new Date('2036-01-01T00:00:00Z') } = wish;
    const config = [
      '[ca]\ndefault_ca=own',
      '[own]\ndatabase=index.txt\nnew_certs_dir=.\nrand_serial=yes\ndefault_md=sha256\npolicy=any\ncrlnumber=crlnumber',
      'default_crl_days=30\ncertificate=cert.pem\nprivate_key=key.pem\nunique_subject=no\ncrl_extensions=crl',
      '[any]\ncommonName=supplied\n[crl]\nauthorityKeyIdentifier=keyid\n[req]\ndistinguished_name=dn\n[dn]\n',
    ].join('\n');
    await writeFile(join(party.folder, 'ca.cnf'), config);
    await writeFile(join(party.folder, 'index.txt'), '');
    await writeFile(join(party.folder, 'extensions.cnf'), `[ext]\n${wish.extensions ?? OPENSSL_CA}\n`);
    await openssl(
      ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', 'key.pem'],
      party.folder,
    );
    await openssl(
      ['req', '-new', '-config', 'ca.cnf', '-key', 'key.pem', '-subj', `/CN=${name}`, '-out', 'csr.pem'],
      party.folder,
    );
    const own = ['-in', join(party.folder, 'csr.pem'), '-out', join(party.folder, 'cert.pem')];
    const more = ['-extfile', join(party.folder, 'extensions.cnf'), '-extensions', 'ext', '-notext', '-batch'];
    const dates = ['-startdate', stamp(from), '-enddate', stamp(until), ...(issuer ? [] : ['-selfsign'])];
    await openssl(['ca', '-config', 'ca.cnf', ...own, ...more, ...dates], (issuer ?? party).folder);
    return party;
  }

  issue(name: string, wish: OpensslWish = {}): Promise<OpensslParty> {
    return OpensslParty.create(name, join(this.folder, '..'), wish, this);
  }

  /** The same certificate beside another issuer. */
  below(issuer: OpensslParty): OpensslParty {
    return new OpensslParty(this.name, this.folder, issuer);
  }

  pem(): Promise<string> {
    return readFile(join(this.folder, 'cert.pem'), 'utf8');
  }

  key(): Promise<string> {
    return readFile(join(this.folder, 'key.pem'), 'utf8');
  }

  /** PEM of a list. */
  async crl(
    number: number,
    {
      from,
      until,
      revoked = [],
    }: { readonly from: Date; readonly until: Date; readonly revoked?: readonly OpensslRevocation[] },
  ): Promise<string> {
    const lines = await Promise.all(revoked.map(indexLine));
    await writeFile(join(this.folder, 'index.txt'), lines.join(''));
    await writeFile(join(this.folder, 'crlnumber'), `${number.toString(16).padStart(4, '0')}\n`);
    const dates = ['-crl_lastupdate', stamp(from), '-crl_nextupdate', stamp(until)];
    return openssl(['ca', '-config', 'ca.cnf', '-gencrl', ...dates], this.folder);
  }

  /** What `openssl verify -crl_check_all` says of this certificate: `OK`, or the text of its first error. */
  async verdict(crls: readonly string[], now: Date, anchors: readonly Pick<OpensslParty, 'pem'>[]): Promise<string> {
    const between: string[] = [];
    for (let party = this.issuer; party; party = party.issuer) between.push(await party.pem());
    await writeFile(join(this.folder, 'between.pem'), between.join(''));
    await writeFile(join(this.folder, 'anchors.pem'), (await Promise.all(anchors.map((one) => one.pem()))).join(''));
    await writeFile(join(this.folder, 'crls.pem'), crls.join(''));
    const files = [
      '-CAfile',
      'anchors.pem',
      '-untrusted',
      'between.pem',
      ...(crls.length > 0 ? ['-CRLfile', 'crls.pem'] : []),
    ];
    const at = ['-attime', String(Math.floor(now.getTime() / 1000))];
    const { exitCode, stderr } = await runPeer('openssl', ['verify', '-crl_check_all', ...at, ...files, 'cert.pem'], {
      cwd: this.folder,
    });
    return exitCode === 0 ? 'OK' : (/depth lookup: (.*)/.exec(stderr)?.[1] ?? stderr);
  }

  async serial(): Promise<string> {
    const text = await openssl(['x509', '-serial', '-noout', '-in', 'cert.pem'], this.folder);
    return text.trim().replace('serial=', '');
  }
}

async function indexLine({ of, at, reason, compromisedAt }: OpensslRevocation): Promise<string> {
  const serial = await of.serial();
  const why = compromisedAt ? `,keyTime,${stamp(compromisedAt)}` : reason ? `,${reason}` : '';
  return `R\t360101000000Z\t${stamp(at).slice(2)}${why}\t${serial}\tunknown\t/CN=${of.name}\n`;
}
