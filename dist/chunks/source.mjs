import { a as openFileSource, i as handleSource, n as assertChangeable, r as assertInside, t as assertAtPath } from "./source2.mjs";

export { openFileSource };