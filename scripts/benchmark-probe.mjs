// SPDX-License-Identifier: Apache-2.0
// Loaded into a measured process with --import: writes what it read, its CPU time and its peak memory to a file when it ends.

import { readFileSync, writeFileSync } from 'node:fs';

const target = process.env['COUNTERSIGN_BENCHMARK_PROBE'];

process.on('exit', () => {
  if (!target) return;
  const io = readFileSync('/proc/self/io', 'utf8');
  const bytesRead = Number(/^rchar: (\d+)/m.exec(io)?.[1]);
  // Not maxRSS, which begins with what the process held that started this one.
  const peakKib = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  const cpuMs = (userCPUTime + systemCPUTime) / 1000;
  writeFileSync(target, JSON.stringify({ bytesRead, peakBytes: peakKib * 1024, cpuMs }));
});
