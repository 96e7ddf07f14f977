import { n as tagProblem, t as TAG_REASONS } from "./expected-tag2.mjs";

export { tagProblem };