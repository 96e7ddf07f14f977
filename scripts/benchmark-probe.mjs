// SPDX-License-Identifier: Apache-2.0
// Loaded into a measured process with --import: writes what it read and its peak memory to a file when it ends.

import { readFileSync, writeFileSync } from 'node:fs';

const target = process.env['COUNTERSIGN_BENCHMARK_PROBE'];

process.on('exit', () => {
  if (!target) return;
  const io = readFileSync('/proc/self/io', 'utf8');
  const bytesRead = Number(/^rchar: (\d+)/m.exec(io)?.[1]);
  writeFileSync(target, JSON.stringify({ bytesRead, peakBytes: process.resourceUsage().maxRSS * 1024 }));
});
