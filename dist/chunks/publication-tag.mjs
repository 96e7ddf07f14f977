import { n as readPublication, t as publicationTag } from "./publication-tag2.mjs";

export { readPublication };