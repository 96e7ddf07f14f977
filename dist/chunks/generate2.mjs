import { t as generateX509Chain } from "./generate.mjs";

export { generateX509Chain };