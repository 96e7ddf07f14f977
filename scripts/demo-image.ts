// SPDX-License-Identifier: Apache-2.0
// Makes the image that the demo and many tests start from: `node scripts/demo-image.ts [OUTPUT]`, needs apptainer on
// PATH and leave to build. Everything in its root file system is written here, down to the machine code.

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const LOAD_ADDRESS = 0x400000n;
const ELF_HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;

/** A static x86-64 Linux program that prints a text and ends with status 0. */
export function printingProgram(text: string): Uint8Array {
  const message = Buffer.from(text, 'utf8');
  const code = Buffer.concat([
    Buffer.from('b801000000bf01000000488d3510000000ba', 'hex'), // write(1, message,
    int32(message.length), //                                      length)
    Buffer.from('0f05b83c00000031ff0f05', 'hex'), //               exit(0)
    message,
  ]);
  const codeOffset = ELF_HEADER_BYTES + PROGRAM_HEADER_BYTES;
  return new Uint8Array(Buffer.concat([elfHeader(codeOffset), programHeader(codeOffset + code.length), code]));
}

function elfHeader(entryOffset: number): Buffer {
  const header = Buffer.alloc(ELF_HEADER_BYTES);
  header.write('7f454c46020101', 0, 'hex'); // 64 bits, little-endian, version 1
  header.writeUInt16LE(2, 16); // executable
  header.writeUInt16LE(62, 18); // x86-64
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(LOAD_ADDRESS + BigInt(entryOffset), 24);
  header.writeBigUInt64LE(BigInt(ELF_HEADER_BYTES), 32);
  header.writeUInt16LE(ELF_HEADER_BYTES, 52);
  header.writeUInt16LE(PROGRAM_HEADER_BYTES, 54);
  header.writeUInt16LE(1, 56);
  return header;
}

function programHeader(fileBytes: number): Buffer {
  const header = Buffer.alloc(PROGRAM_HEADER_BYTES);
  header.writeUInt32LE(1, 0); // load
  header.writeUInt32LE(5, 4); // read and execute
  header.writeBigUInt64LE(LOAD_ADDRESS, 16);
  header.writeBigUInt64LE(LOAD_ADDRESS, 24);
  header.writeBigUInt64LE(BigInt(fileBytes), 32);
  header.writeBigUInt64LE(BigInt(fileBytes), 40);
  header.writeBigUInt64LE(4096n, 48);
  return header;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

const FOLDERS = ['bin', 'dev', 'etc', 'home', 'opt', 'proc', 'root', 'sys', 'tmp', 'var/tmp'];

const FILES: Readonly<Record<string, string>> = {
  'etc/passwd': 'root:x:0:0:root:/root:/bin/hello\n',
  'etc/group': 'root:x:0:\n',
  'etc/hosts': '127.0.0.1 localhost\n',
  'etc/resolv.conf': '',
  'opt/README': 'A root file system of two programs that print a line, made by scripts/demo-image.ts of countersign.\n',
};

const PROGRAMS: Readonly<Record<string, string>> = {
  'bin/hello': 'hello from an image that was approved\n',
  'bin/true': 'true\n',
};

const DEFINITION = `Bootstrap: scratch

%files
    root/* /

%labels
    org.opencontainers.image.title hello
    org.opencontainers.image.licenses Apache-2.0

%runscript
    #!/bin/hello
`;

function writeRoot(folder: string): void {
  for (const name of FOLDERS) mkdirSync(join(folder, name), { recursive: true });
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
  for (const [name, text] of Object.entries(PROGRAMS)) {
    writeFileSync(join(folder, name), printingProgram(text));
    chmodSync(join(folder, name), 0o755);
  }
}

/** Builds the image with the real apptainer. */
export function buildDemoImage(output: string): void {
  const work = mkdtempSync(join(tmpdir(), 'countersign-demo-image-'));
  try {
    writeRoot(join(work, 'root'));
    writeFileSync(join(work, 'hello.def'), DEFINITION);
    mkdirSync(dirname(output), { recursive: true });
    const built = join(work, 'hello.sif');
    const { status } = spawnSync('apptainer', ['build', '--force', built, 'hello.def'], {
      cwd: work,
      stdio: 'inherit',
    });
    if (status !== 0) throw new Error(`apptainer build ended with ${String(status)}`);
    const { status: copied } = spawnSync('cp', [built, output], { stdio: 'inherit' });
    if (copied !== 0) throw new Error(`cannot write ${output}`);
    chmodSync(output, 0o644);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (import.meta.main)
  buildDemoImage(resolve(process.argv[2] ?? fileURLToPath(new URL('../assets/demo/hello.sif', import.meta.url))));
