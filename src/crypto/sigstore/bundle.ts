// SPDX-License-Identifier: Apache-2.0
// Bundles as Sigstore's own libraries read them: a second opinion on every one that we write or read.
// A file of its own: with two CommonJS packages in one file the bundler names them in an order that differs between runs.

export { bundleFromJSON as readSigstoreBundle, type Bundle as SigstoreBundle } from '@sigstore/bundle';
