import { a as readObject, i as openSif, n as groupsOf, o as uncoverableObjects, r as objectsInGroup, t as findObject } from "./sif.mjs";

export { openSif };