// SPDX-License-Identifier: Apache-2.0
// Sigstore's message formats, as its libraries take them.

export { HashAlgorithm, TransparencyLogEntry, TrustedRoot } from '@sigstore/protobuf-specs';
