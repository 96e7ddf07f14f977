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
	/** Blobs that one image names, all platforms together, when they are looked at: Linux mounts at most 127 layers. */
	imageBlobs: 4e3,
	/** Referrers looked at for one subject. */
	referrers: 1e3,
	/** Looked at for all platforms of an image; no further platform is once there are more. */
	imageReferrers: 2e3,
	/** Manifests of the referrers of one subject together, bytes: honest ones have a few KiB each. */
	referrerManifestBytes: 32 * MIB,
	/** A policy document, bytes: 100,000 people have some 9 MiB as indented JSON, and less otherwise. */
	policyBytes: 10 * MIB,
	/** A list of files, a definition file or an allow list, bytes. */
	listBytes: 1 * MIB,
	/** An ecl.toml, bytes: 20,000 keys have some 900 KiB. */
	executionListBytes: 2 * MIB,
	/** All files of a registries.d together, bytes: some five thousand repositories. */
	registriesBytes: 512 * KIB,
	/** A key or certificate file, bytes. */
	keyFileBytes: 4 * MIB,
	/** A keyring or a file with many certificates, bytes. */
	keyringBytes: 64 * MIB,
	/** Keys in any keyring: each becomes some 5 KiB of memory. */
	keyringKeys: 2e4,
	/** Beyond these one for so many bytes. */
	keyringKeyLength: 1e3,
	/** Packets in any keyring: a key that gpg makes has five. */
	keyringPackets: 1e5,
	/** Beyond these one for so many bytes. */
	keyringPacketLength: 200,
	/** Packets of one key: user IDs, subkeys and signatures. */
	keyPackets: 1e4,
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
	/** Objects and lists that any JSON document may have. */
	jsonParts: 2e4,
	/** Beyond these one for so many characters; the densest of real SBOMs and reports have twice as many for each. */
	jsonPartLength: 24,
	/** The same for values of all kinds. */
	jsonValues: 1e5,
	/** Beyond these one for so many characters; real documents have some 15 for each. */
	jsonValueLength: 5,
	/** The same for the members of one object. */
	jsonMembers: 2e4,
	/** Beyond these one for so many characters: a map of files to their digests has 80 for each. */
	jsonMemberLength: 40,
	/** Findings in any scanner report. */
	findings: 2e4,
	/** Beyond these one for so many bytes of it; reports of scanners have some hundreds for each. */
	findingLength: 256,
	/** Vulnerabilities in packages that the VEX documents of an image name, each pair once for a statement. */
	vexNames: 25e4,
	/** Runs of a SARIF document; code scanning takes 20. */
	sarifRuns: 100,
	/** An HTTP error body, bytes. */
	errorBodyBytes: 64 * KIB
};

export { LIMITS as t };