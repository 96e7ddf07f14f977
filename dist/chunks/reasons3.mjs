// src/crypto/timestamp/reasons.ts
/** When each reason occurs, and what to do. */
const TIMESTAMP_REASONS = {
	TIMESTAMP_UNREADABLE: {
		when: "a timestamp cannot be read: it proves no time (a remark)",
		fix: "remove it and stamp the image again while the signature is good"
	},
	TIMESTAMP_OTHER_BYTES: {
		when: "a timestamp is over other bytes than this signature: it proves no time (a remark)",
		fix: "find out who put it there; stamp the image again while the signature is good"
	},
	TIMESTAMP_SIGNATURE_BAD: {
		when: "a timestamp was altered, or is not signed by the certificate that it names: it proves no time (a remark)",
		fix: "obtain the image again from a source you trust, or stamp it again while the signature is good"
	},
	TIMESTAMP_NOT_TRUSTED: {
		when: "the certificate of a timestamp authority leads to none of `trust.timestamps`, or none are given: the timestamp proves no time (a remark)",
		fix: "add the CA certificate of the authority to `trust.timestamps` if you trust its clock"
	},
	TIMESTAMP_CERTIFICATE_UNSUITABLE: {
		when: "the certificate of a timestamp authority has not timeStamping as its only extended key usage, marked critical: the timestamp proves no time (a remark)",
		fix: "stamp with an authority whose certificate is for nothing but timestamps"
	},
	TIMESTAMP_OUTSIDE_VALIDITY: {
		when: "the certificate of a timestamp authority was not valid at the time that it states: the timestamp proves no time (a remark)",
		fix: "stamp with an authority whose certificate is valid, while the signature is good"
	},
	TIMESTAMP_FROM_FUTURE: {
		when: "a timestamp is later than the time of this check: it proves no time (a remark)",
		fix: "check the clock of this machine, and the time given with ⟨now⟩; else the clock of the timestamp authority is ahead"
	},
	TIMESTAMP_SERIAL_REPEATED: {
		when: "two timestamps of one authority have the same serial number and say different things: neither proves a time (a remark)",
		fix: "do not trust this authority; stamp with another one while the signature is good"
	}
};
/** A reason with the catalogue's advice. */
function timestampRemark(code, message) {
	return {
		code,
		message,
		hint: TIMESTAMP_REASONS[code].fix,
		severity: "remark"
	};
}

export { timestampRemark as n, TIMESTAMP_REASONS as t };