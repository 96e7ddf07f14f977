// SPDX-License-Identifier: Apache-2.0
// A real Slurm of one node on this machine: munged, slurmctld and slurmd on loopback ports, with all that they write in a folder.

import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { hasPeers } from './peers.ts';
import { type ScriptResult, shell } from './slurm-node.ts';

/** Why there can be no cluster here; undefined when there can. */
export const NO_SLURM =
  process.platform !== 'linux' || process.getuid?.() !== 0
    ? 'skipped without root on Linux'
    : hasPeers('munged', 'slurmctld', 'slurmd', 'srun', 'setpriv')
      ? undefined
      : 'skipped without slurmctld, slurmd, slurm-client and munge';

/** The user that jobs are of. */
const AS_USER = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
const WAIT_MS = 30_000;

/** The cluster. */
export class SlurmCluster {
  readonly #folder: string;
  readonly #started: ChildProcess[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Starts one whose Prolog is a script at an absolute path; the caller stops it. */
  static async start(folder: string, prolog: string): Promise<SlurmCluster> {
    const cluster = new SlurmCluster(folder);
    for (const name of ['munge', 'state', 'spool']) await mkdir(join(folder, name), { recursive: true });
    await chmod(folder, 0o755);
    await writeFile(join(folder, 'munge/key'), randomBytes(128), { mode: 0o400 });
    await writeFile(join(folder, 'slurm.conf'), await configuration(folder, prolog));
    const at = (name: string) => join(folder, name);
    const munge = [`--key-file=${at('munge/key')}`, `--socket=${at('munge/socket')}`, `--pid-file=${at('munge/pid')}`];
    try {
      await cluster.#launch('munged', [
        '-F',
        '--force',
        ...munge,
        `--log-file=${at('munge/log')}`,
        `--seed-file=${at('munge/seed')}`,
      ]);
      await cluster.#launch('slurmctld', ['-D']);
      await cluster.#launch('slurmd', ['-D', '-N', hostname()]);
      await cluster.until('idle');
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  async #launch(program: string, args: readonly string[]): Promise<void> {
    const child = spawn(program, args, { env: { ...process.env, SLURM_CONF: this.#conf }, stdio: 'ignore', cwd: '/' });
    this.#started.unshift(child);
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`${program} ended with ${code}`)));
      setTimeout(resolve, 500);
    });
  }

  get #conf(): string {
    return join(this.#folder, 'slurm.conf');
  }

  /** Runs a program as a job, of a user or of root. A job that does not begin is given up. */
  job(words: readonly string[], who: 'user' | 'root' = 'user', seconds = 60): Promise<ScriptResult> {
    return this.run([
      'timeout',
      `${seconds}`,
      ...(who === 'root' ? [] : AS_USER),
      'srun',
      '--quiet',
      '--immediate=20',
      ...words,
    ]);
  }

  /** Hands a job over that runs later; returns its number. */
  async batch(command: string): Promise<string> {
    const { stdout } = await this.run([...AS_USER, 'sbatch', '--parsable', '--output=/dev/null', `--wrap=${command}`]);
    return stdout.trim();
  }

  /** Runs a program of Slurm. */
  run(words: readonly string[]): Promise<ScriptResult> {
    return shell(words, { cwd: '/', env: { PATH: process.env['PATH'] ?? '', SLURM_CONF: this.#conf } });
  }

  /** State of the node and why, as sinfo says. */
  async node(): Promise<string> {
    return (await this.run(['sinfo', '--noheader', '--Format=StateLong:.20,Reason:.100'])).stdout.trim();
  }

  /** Waits for a state of the node. */
  async until(state: string): Promise<void> {
    const end = Date.now() + WAIT_MS;
    let said = '';
    while (!said.startsWith(state)) {
      if (Date.now() > end) throw new Error(`the node is ${said}, not ${state}\n${(await this.log()).slice(-4000)}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
      said = await this.node();
    }
  }

  /** Takes a drained node back, and ends the jobs that wait for it. */
  async resume(): Promise<void> {
    await this.run(['scancel', '--full', '--user=root,nobody']);
    await this.run(['scontrol', 'update', `nodename=${hostname()}`, 'state=resume']);
    await this.until('idle');
  }

  /** What the daemons wrote. */
  async log(): Promise<string> {
    const read = (name: string) => readFile(join(this.#folder, name), 'utf8').catch(() => '');
    return (await Promise.all(['slurmctld.log', 'slurmd.log'].map(read))).join('\n');
  }

  /** Ends everything that was started. */
  async stop(): Promise<void> {
    for (const child of this.#started) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(late);
    }
  }
}

async function configuration(folder: string, prolog: string): Promise<string> {
  const host = hostname();
  const lines = [
    'ClusterName=test',
    `SlurmctldHost=${host}(127.0.0.1)`,
    'SlurmUser=root',
    `SlurmctldPort=${await freePort()}`,
    `SlurmdPort=${await freePort()}`,
    'AuthType=auth/munge',
    `AuthInfo=socket=${folder}/munge/socket`,
    `StateSaveLocation=${folder}/state`,
    `SlurmdSpoolDir=${folder}/spool`,
    `SlurmctldPidFile=${folder}/slurmctld.pid`,
    `SlurmdPidFile=${folder}/slurmd.pid`,
    `SlurmctldLogFile=${folder}/slurmctld.log`,
    `SlurmdLogFile=${folder}/slurmd.log`,
    'ProctrackType=proctrack/linuxproc',
    'TaskPlugin=task/none',
    'SchedulerType=sched/builtin',
    'JobAcctGatherType=jobacct_gather/none',
    'ReturnToService=2',
    'MpiDefault=none',
    'MailProg=/bin/true',
    'SelectType=select/cons_tres',
    `Prolog=${prolog}`,
    'PrologFlags=Alloc',
    `NodeName=${host} NodeAddr=127.0.0.1 CPUs=1 State=UNKNOWN`,
    'PartitionName=main Nodes=ALL Default=YES MaxTime=10 State=UP',
  ];
  return `${lines.join('\n')}\n`;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
