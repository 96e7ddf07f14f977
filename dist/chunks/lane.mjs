import { d as DETERMINISTIC_TIME, l as DATA_TYPE } from "./sif.mjs";
import { c as signatureExtra } from "./carried-crls.mjs";
import { s as laneName, u as reservedName } from "./signature-objects.mjs";

// src/image/sif/lane.ts
/** The SIF object that carries a bundle in the lane. */
function laneObject(kind, label, bundle) {
	return named(laneName(kind, label, bundle), bundle);
}
/** The same for an approval that is signed after its object was placed; at most RESERVED_BYTES spaces may follow it. */
function reservedLaneObject(stage, bundle) {
	return named(reservedName(stage), bundle);
}
/** Data brought to a length, if it is shorter. */
function filledUp(data, lengthBytes, filler) {
	if (data.length >= lengthBytes) return data;
	const filled = Buffer.alloc(lengthBytes, filler);
	filled.set(data);
	return filled;
}
function named(name, bundle) {
	return {
		dataType: DATA_TYPE.signature,
		data: bundle,
		group: 0,
		name,
		extra: signatureExtra(void 0),
		createdAt: DETERMINISTIC_TIME,
		modifiedAt: DETERMINISTIC_TIME
	};
}

export { laneObject as n, reservedLaneObject as r, filledUp as t };