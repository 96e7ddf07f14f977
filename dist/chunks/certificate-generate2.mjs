import { t as generateX509Chain } from "./certificate-generate.mjs";

export { generateX509Chain };