import { t as generatePgpKey } from "./generate4.mjs";

export { generatePgpKey };