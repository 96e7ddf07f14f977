// src/base/limits.ts
const KIB = 1024;
const MIB = 1024 * KIB;
/** The bounds by what they are about; sizes in bytes, all else counts. */
const LIMITS = {
	/** Slots in a SIF descriptor table; the reference writes 48. */
	sifDescriptors: 4096,
	/** One signature object of a SIF, bytes. */
	sifSignatureBytes: 8 * MIB,
	/** All signature objects of a SIF together, bytes. */
	sifSignatureTotalBytes: 64 * MIB,
	/** Native signatures of one SIF that are looked at; one DSSE object may hold many. */
	nativeSignatures: 512,
	/** A manifest or index, bytes (docs/spec/oci.md, 1.2). */
	manifestBytes: 4 * MIB,
	/** A Sigstore bundle, bytes. */
	bundleBytes: 10 * MIB,
	/** What an approval signs, bytes: it repeats the sif-metadata of every group, which have some 200 an object. */
	approvalBytes: 1 * MIB,
	/** Native signatures that travel with one bundle, all together, bytes. */
	companionBytes: 1 * MIB,
	/** Everything attached to one image that is read into memory, bytes. */
	attachedTotalBytes: 128 * MIB,
	/** Timestamps of one signature that are looked at. */
	timestamps: 64,
	/** A legacy cosign payload, bytes; those that tools write have less than one KiB. */
	legacyPayloadBytes: 64 * KIB,
	/** Manifests that one image index leads to. */
	indexManifests: 1e3,
	/** Depth of indexes in an index. */
	indexDepth: 8,
	/** Blobs that one image names, all platforms together, when they are looked at. */
	imageBlobs: 2e4,
	/** Referrers looked at for one subject. */
	referrers: 1e3,
	/** Their manifests together, bytes: honest ones have a few KiB each. */
	referrerManifestBytes: 32 * MIB,
	/** A policy document, bytes: 20,000 people have some 2 MiB. */
	policyBytes: 16 * MIB,
	/** A list of files, a definition file or an allow list, bytes. */
	listBytes: 1 * MIB,
	/** A key or certificate file, bytes. */
	keyFileBytes: 4 * MIB,
	/** A keyring or a file with many certificates, bytes. */
	keyringBytes: 64 * MIB,
	/** All files of keys, certificates, keyrings and CRLs of a run together, bytes. */
	trustTotalBytes: 256 * MIB,
	/** Revocation lists that travel with one image, and are looked at. */
	carriedCrls: 64,
	/** The same, all together, bytes. */
	carriedCrlBytes: 32 * MIB,
	/** A file of certificate revocation lists, bytes; the largest in use have some 50 MiB. */
	crlFileBytes: 96 * MIB,
	/** An SBOM or scanner report, bytes. */
	reportBytes: 256 * MIB,
	/** Evidence larger than this stays out of the lane unless the policy wants it inside, bytes. */
	laneEvidenceBytes: 1 * MIB,
	/** Depth of nesting in a JSON document. */
	jsonDepth: 64,
	/** The same for a document that becomes part of a signed statement, which is nested itself. */
	evidenceDepth: 60,
	/** An HTTP error body, bytes. */
	errorBodyBytes: 64 * KIB
};

export { LIMITS as t };