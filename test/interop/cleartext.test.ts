// SPDX-License-Identifier: Apache-2.0
// A cleartext signature in other frames: what is valid to us is valid to the real apptainer, over the same text.

import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { utf8 } from '../../src/base/bytes.ts';
import { DATA_TYPE } from '../../src/sif/format.ts';
import { openSif, readObject } from '../../src/sif/sif.ts';
import { appendObjects, deleteObjects, signatureExtra } from '../../src/sif/edit/append.ts';
import { openFileSource } from '../../src/sif/source.ts';
import { apptainerKeyring } from '../support/apptainer.ts';
import { hasPeers, runPeer } from '../support/peers.ts';
import { verifier } from '../support/signing.ts';
import { temporaryFolder } from '../support/temporary.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../vectors/sif/${name}`, import.meta.url));
const SIGNED = fixture('hello-signed-pgp.sif');
const PUBLIC_KEY = fixture('author.pub.asc');
const now = new Date();

const BEGIN = '-----BEGIN PGP SIGNED MESSAGE-----';
const SIGNATURE = '-----BEGIN PGP SIGNATURE-----';

/** Frames by what they do to the signature object's text, whose one signed line is `line`. */
function frames(text: string, line: string): Readonly<Record<string, string>> {
  const evil = line.replace('"version":1', '"version":2');
  const [head = '', armor = ''] = text.split(line);
  const whole = (body: string) => `${head}${body}${armor}`;
  return {
    'as it is': text,
    'CRLF everywhere': text.replaceAll('\n', '\r\n'),
    'CR everywhere': text.replaceAll('\n', '\r'),
    'two CR before LF': whole(`${line}\r`).replace('\r\n', '\r\r\n'),
    'blanks behind the line': whole(`${line} \t `),
    'a form feed behind the line': whole(`${line}\f`),
    'a no-break space behind the line': whole(`${line}\u00a0`),
    'a vertical tab behind the line': whole(`${line}\v`),
    'a blank before the line': whole(` ${line}`),
    'a dash escape': whole(`- ${line}`),
    'two dash escapes': whole(`- - ${line}`),
    'a dash without blank': whole(`-${line}`),
    'a dash and a tab': whole(`-\t${line}`),
    'another line before': whole(`${evil}\n${line}`),
    'another line behind': whole(`${line}\n${evil}`),
    'an empty line behind': whole(`${line}\n`),
    'an empty line before': whole(`\n${line}`),
    'another text': whole(evil),
    'text before': `${evil}\n\n${text}`,
    'text before without line end': `${evil}${text}`,
    'text behind': `${text}\n${evil}\n`,
    'the message twice': `${text}\n${text}`,
    'another message before': `${whole(evil)}\n${text}`,
    'another message behind': `${text}\n${whole(evil)}`,
    'a message that does not end before': `${BEGIN}\n\n${evil}\n${text}`,
    'a beginning before': `${BEGIN}\n${text}`,
    'a signature inside the text': whole(`${line}\n${SIGNATURE}\n\nAAAA\n-----END PGP SIGNATURE-----\n${line}`),
    'an escaped signature line inside': whole(`${line}\n- ${SIGNATURE}`),
    'blanks behind the first line': text.replace(BEGIN, `${BEGIN} `),
    'blanks behind the signature line': text.replace(SIGNATURE, `${SIGNATURE} `),
    'a blank before the signature line': text.replace(SIGNATURE, ` ${SIGNATURE}`),
    'no header': text.replace(/Hash: [^\n]*\n/, ''),
    'another hash': text.replace(/Hash: [^\n]*/, 'Hash: SHA512'),
    'several hashes': text.replace(/Hash: [^\n]*/, 'Hash: SHA512, SHA256'),
    'an unknown hash': text.replace(/Hash: [^\n]*/, 'Hash: X'),
    'two headers': text.replace(/(Hash: [^\n]*\n)/, '$1$1'),
    'a header in capitals': text.replace('Hash:', 'HASH:'),
    'a header with blanks': text.replace('Hash:', ' Hash :'),
    'another header': text.replace('Hash:', 'Comment: x\nHash:'),
    'a text in the place of headers': text.replace('Hash:', `${evil}\nHash:`),
    'a line of blanks after the headers': whole(line).replace('\n\n', '\n \n'),
    'a header of the armor': text.replace(`${SIGNATURE}\n`, `${SIGNATURE}\nComment: x\n`),
    'no blank line in the armor': text.replace(`${SIGNATURE}\n\n`, `${SIGNATURE}\n`),
    'a blank line inside the armor': text.replace(/(\n[A-Za-z0-9+/]{64}\n)/, '$1\n'),
    'a checksum that is wrong': text.replace('\n-----END', '\n=AAAA\n-----END'),
    'no end': text.replace(/\n-----END[^\n]*/, ''),
    'another end': text.replace('-----END PGP SIGNATURE-----', '-----END PGP MESSAGE-----'),
    'a null character in the text': whole(`${line}\0`),
    'a byte order mark before': `\ufeff${text}`,
    'a byte order mark and a line before': `\ufeff\n${text}`,
  };
}

async function own() {
  await using source = await openFileSource(SIGNED);
  const image = await openSif(source);
  const object = image.objects.find(({ signature }) => signature?.fingerprint !== undefined);
  if (!object) throw new Error('the vector has no signature');
  return { id: object.id, fingerprint: object.signature?.fingerprint, data: await readObject(image, object, 100_000) };
}

test.skipIf(!hasPeers('apptainer'))(
  'what is valid to us is valid to apptainer, over the same text (skipped without it)',
  async () => {
    const env = await apptainerKeyring(PUBLIC_KEY);
    const { id, fingerprint, data } = await own();
    const verify = await verifier({ keyrings: [new Uint8Array(await readFile(PUBLIC_KEY))] });
    const line = (await verify.verifyCleartext(data, fingerprint, now)).text ?? '';
    const different: string[] = [];
    let valid = 0;
    for (const [name, framed] of Object.entries(frames(Buffer.from(data).toString(), line))) {
      const path = join(await temporaryFolder(), 'image.sif');
      await copyFile(SIGNED, path);
      await deleteObjects(path, [id], { now, compact: true });
      const extra = signatureExtra(fingerprint);
      const object = { dataType: DATA_TYPE.signature, data: utf8(framed), group: 0, linkedGroup: 1, extra } as const;
      await appendObjects(path, [object], { now });
      const check = await verify.verifyCleartext(utf8(framed), fingerprint, now);
      const ours = check.status === 'valid' && check.text === line;
      const theirs = (await runPeer('apptainer', ['verify', '--local', path], { env })).exitCode === 0;
      if (check.status === 'valid') expect(check.text, name).toBe(line);
      if (ours !== theirs) different.push(`${name}: ${ours ? 'valid to us alone' : 'valid to apptainer alone'}`);
      if (ours) valid += 1;
    }
    // Stricter than apptainer in two frames that no tool writes.
    expect(different).toEqual([
      'an unknown hash: valid to apptainer alone',
      'a line of blanks after the headers: valid to apptainer alone',
    ]);
    expect(valid).toBeGreaterThan(5);
  },
);
