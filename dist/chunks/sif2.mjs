import { a as parseHeader, c as uncoverableObjects, i as parseDescriptor, n as objectsInGroup, o as parsePartitionInfo, r as openSif, s as readObject, t as groupsOf } from "./sif.mjs";

export { openSif };